import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { selectBackend } from "@mammo/backend";
import { readExam, readMammogram, standardizationVersion } from "@mammo/io";
import { mammogramReader } from "@mammo/io/node";
import { dreamNet } from "@mammo/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readImage } from "../score/readImage.ts";
import { saveBundle } from "../shared/bundle.ts";
import { canaries, canaryFile, neededTexts } from "./canaryFile.ts";
import { type Ended, run } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-canary-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function expectNoCanary(text: string, where: string): void {
  for (const canary of canaries)
    expect(text.includes(canary) ? text.slice(Math.max(0, text.indexOf(canary) - 80), text.indexOf(canary) + 40) : "", where).toBe("");
}
/** Everything that an error or a result holds, causes and stacks too. */
const all = (value: unknown): string => inspect(value, { depth: 20, maxArrayLength: 50, maxStringLength: 100_000, showHidden: true });

describe("a file whose every text is a canary", () => {
  it("is one: its bytes are full of them", async () => {
    const text = Buffer.from(await canaryFile("CC")).toString("latin1");
    for (const canary of canaries) expect(text, canary).toContain(canary);
    expect(text.match(/CANARY/g)!.length).toBeGreaterThan(25);
  });

  it("lets none of them into the header, the image or the exam, UIDs apart", async () => {
    const files = [await canaryFile("CC"), await canaryFile("MLO")];
    const { header, image } = await readMammogram(files[0]!);
    const { sopInstanceUid, studyInstanceUid, ...rest } = header;
    expect([sopInstanceUid, studyInstanceUid]).toEqual(["2.25.777777777777777777", "2.25.777777777777777777"]);
    expectNoCanary(all({ ...rest, image }), "header and image");
    // One by one: all instances have the same canary for a name.
    for (const file of files) {
      const { studyInstanceUid: _study, ...exam } = await readExam([file]);
      expect(exam.images).toHaveLength(1);
      expectNoCanary(all(exam), "exam");
    }
  });

  it("lets none of them into errors, whichever text is broken, in this thread and in another", { timeout: 60_000 }, async () => {
    const reader = mammogramReader();
    let errors = 0;
    for (const tag of neededTexts) {
      const file = await canaryFile("CC", [tag]);
      for (const read of [readMammogram, reader.read]) {
        const found = await read(file).then(
          // Windows and rescale are numbers that the picture is made with, whatever they are; what is said of them is text.
          ({ header: { sopInstanceUid: _instance, studyInstanceUid: _study, modality: _modality, vois, ...header } }) => ({
            ...header,
            explanations: vois.map(({ explanation }) => explanation),
          }),
          (error: unknown) => error,
        );
        if (found instanceof Error) errors++;
        expectNoCanary(all(found), tag.toString(16));
      }
      for (const length of [200, 700, 1500, 20_000])
        expectNoCanary(all(await readMammogram(file.subarray(0, length)).catch((error: unknown) => error)), `cut at ${length}`);
    }
    await reader.dispose();
    expect(errors).toBeGreaterThan(8);
  });
});

it("a file that vanished before it was scored is named by its content", async () => {
  const error = await readImage({ path: join(folder, "CANARY^GONE.dcm"), sha256: "0123456789abcdef".repeat(4) }).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "unreadable", message: expect.stringMatching(/^File 0123456789abcdef \(SHA-256\): .*ENOENT$/) });
  expectNoCanary(all(error), "vanished");
});

describe("the programs", () => {
  const [good, broken, input] = ["CANARY^ONE.dcm", "CANARY^TWO.dcm", "input"];
  const at = (...names: readonly string[]): string => join(folder, ...names);

  beforeAll(async () => {
    await writeFile(at(good!), await canaryFile("CC"));
    await writeFile(at(broken!), await canaryFile("CC", [0x00200062]));
    await writeFile(
      at("EXPECTED_PIXELS.tsv"),
      `path\ttransfer_syntax\toracle\tsha256_le_pixels\n${input}.dcm\t1.2.840.10008.1.2.1\tboth-agree\t00\n`,
    );
    await writeFile(at(`${input}.dcm`), await canaryFile("CC", [0x00280004, 0x00280008]));
  });

  const expectSilent = ({ stdout, stderr }: Ended, where: string): void => expectNoCanary(stdout + stderr, where);
  /** Names and contents of what a program wrote; `but` are local keys from numbers to the user's own files. */
  async function expectNoneIn(directory: string, but: readonly string[] = []): Promise<void> {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      expectNoCanary(entry.name, "a file's name");
      if (entry.isFile() && !but.includes(entry.name))
        expectNoCanary((await readFile(join(entry.parentPath, entry.name))).toString("latin1"), entry.name);
    }
  }

  it("standardize and its report hold none", { timeout: 60_000 }, async () => {
    const ended = await run("standardize", [folder, "--report", "--out", at("out")]);
    expect(ended.stdout).toContain("standardized");
    expectSilent(ended, "standardize");
    await expectNoneIn(at("out"), ["manifest.tsv", "not-read.tsv"]);
  });

  it("score holds none in its JSON, its page and its errors", { timeout: 60_000 }, async () => {
    await selectBackend({ prefer: "wasm" });
    const model = dreamNet({ width: 0.125, seed: 1 });
    await saveBundle(at("bundle"), {
      model,
      calibrator: { kind: "platt", slope: 1, intercept: 0 },
      scale: { name: "none", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
      trainedOn: "nothing",
      standardization: standardizationVersion,
      provenance: { versions: {}, node: "", backend: "wasm", seed: 1, inputs: {} },
    });
    model.dispose();
    const ended = await run("score", [at(good!), "--weights", at("bundle"), "--html", at("page", "scores.html"), "--out", at("page", "scores.json")]);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expectSilent(ended, "score");
    await expectNoneIn(at("page"));
    const refused = await run("score", [at(broken!), "--weights", at("bundle")]);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/File [0-9a-f]{16} \(SHA-256\): Expected Image Laterality/);
    expectSilent(refused, "score, refused");
  });

  it("conformance holds none", async () => {
    const ended = await run("../packages/bench/src/conformance.ts", ["--data", folder, "--verbose"]);
    expect(ended.stdout).toContain("bar conformance");
    expectSilent(ended, "conformance");
  });
});
