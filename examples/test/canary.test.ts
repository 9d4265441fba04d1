import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import { dreamNet } from "@mammo/models";
import { saveBundle, saveMember } from "@mammo/pipeline/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canaryFile, expectNoCanary } from "../../packages/pipeline/test/canaryFile.ts";
import { type Ended, run } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-canary-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the programs, given a file whose every text is a canary", () => {
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
    const member = await saveMember(at("bundle"), model, { name: "dreamNet", family: "dreamNet", seed: 1 });
    await saveBundle(at("bundle"), {
      members: [member],
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
    const ended = await run("../packages/checks/src/conformance.ts", ["--data", folder, "--verbose"]);
    expect(ended.stdout).toContain("bar conformance");
    expectSilent(ended, "conformance");
  });
});
