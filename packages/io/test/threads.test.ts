import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@mammo/files/node";
import { array, assert, asyncProperty, integer } from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readMammogram } from "../src/index.ts";
import { type CohortImage, type CohortMammogram, mammogramReader, readCohortMammogram, readExamImage } from "../src/node.ts";
import { inOrder } from "../src/scale/threads/inOrder.ts";
import { mammogram, part10 } from "./writeDicom.ts";

describe("inOrder", () => {
  it("yields in the order of the items, whatever ends first, and never begins more than it may", async () => {
    await assert(
      asyncProperty(array(integer({ min: 0, max: 5 })), integer({ min: 1, max: 4 }), async (delays, ahead) => {
        let begun = 0;
        let taken = 0;
        const work = async (index: number): Promise<number> => {
          expect(++begun - taken).toBeLessThanOrEqual(ahead);
          for (let turn = 0; turn < delays[index]!; turn++) await undefined;
          if (index % 3 === 2) throw index;
          return index;
        };
        const found: unknown[] = [];
        for await (const result of inOrder([...delays.keys()], work, ahead)) {
          taken++;
          found.push(result.status === "fulfilled" ? result.value : result.reason);
        }
        expect(found).toEqual([...delays.keys()]);
      }),
    );
  });
});

/** A small file that becomes a large heap: each of its empty elements becomes an object. */
function manyElements(count: number): Uint8Array {
  const body = new Uint8Array(8 * count);
  const view = new DataView(body.buffer);
  for (let index = 0; index < count; index++) {
    view.setUint16(8 * index, 0x0009 + 2 * (index >> 15), true);
    view.setUint16(8 * index + 2, 0x1000 + (index & 0x7fff), true);
    view.setUint16(8 * index + 4, 0x4853, true); // SH, of no bytes
  }
  return part10("1.2.840.10008.1.2.1", body);
}

/** With the hash of a million pixels in their place. */
const told = ({ header, image: { pixels, ...image } }: CohortMammogram) => ({ header, image, pixels: sha256(new Uint8Array(pixels.buffer)) });

describe("mammogramReader on two threads", () => {
  const reader = mammogramReader({ threads: 2, timeoutMilliseconds: 20_000 });
  afterAll(() => reader.dispose());

  it("gives each caller its own file", async () => {
    const rows = [200, 220, 240, 260, 280];
    const read = await Promise.all(rows.map((count) => reader.read(mammogram({ rows: count }))));
    expect(read.map(({ header }) => header.pixel.rows)).toEqual(rows);
    const expected = (await readMammogram(mammogram({ rows: 280 }))).image.pixels;
    expect(Buffer.from(read[4]!.image.pixels.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  });

  it("reads images of exams and of cohorts from the disk as this thread does; the disk's refusal names no path", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mammo-threads-"));
    const path = join(folder, "NAME^OF.dcm");
    await writeFile(path, mammogram());
    const image = { path, sha256: "ab".repeat(32) };
    const { file: _, ...expected } = await readExamImage(image);
    expect(told(await reader.readImage(image))).toEqual(told(expected));
    const ofCohort = {
      ...{ ...image, id: "i", patientId: "w", exam: "e", format: "dicom", cancer: undefined, annotations: [], metadata: {} },
      ...{ laterality: "R", view: "MLO" },
    } as unknown as CohortImage;
    const read = await reader.readCohort(ofCohort);
    expect(told(read)).toEqual(told(await readCohortMammogram(ofCohort)));
    expect(read.image.flags).toContain("table-conflict");
    await rm(folder, { recursive: true });
    const refused = await reader.readImage(image).catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ name: "DicomError", code: "unreadable", message: expect.not.stringContaining("NAME") });
    await expect(reader.readCohort(ofCohort)).rejects.toMatchObject({ name: "CohortError", code: "missing-file" });
  });

  it("ends a thread that needs too much memory, and goes on", async () => {
    const small = mammogramReader({ heapMegabytes: 24 });
    await expect(small.read(manyElements(900_000))).rejects.toMatchObject({ code: "timeout", message: expect.stringContaining("24 MB") });
    await expect(small.read(mammogram())).resolves.toMatchObject({ header: { laterality: "L" } });
    await small.dispose();
  });

  it("refuses what cannot be sent as its caller's mistake, not the file's", async () => {
    const options = { sha256: () => "" } as object;
    await expect(reader.read(mammogram(), options)).rejects.toMatchObject({ name: "DataCloneError" });
    await expect(reader.read(mammogram())).resolves.toMatchObject({ header: { laterality: "L" } });
  });
});
