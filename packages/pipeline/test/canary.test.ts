import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { readExam, readMammogram } from "@mammo/io";
import { type ExamImage, mammogramReader } from "@mammo/io/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNamed } from "../src/score/readExams.ts";
import { canaries, canaryFile, expectNoCanary, neededTexts } from "./canaryFile.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-canary-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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
      // The parsed files are there for those who write DICOM, and hold all that they hold.
      const { studyInstanceUid: _study, mammograms: _files, ...exam } = await readExam([file]);
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
  const error = await readNamed({ path: join(folder, "CANARY^GONE.dcm"), sha256: "0123456789abcdef".repeat(4) } as ExamImage).catch(
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code: "unreadable", message: expect.stringMatching(/^File 0123456789abcdef \(SHA-256\): .*ENOENT$/) });
  expectNoCanary(all(error), "vanished");
});
