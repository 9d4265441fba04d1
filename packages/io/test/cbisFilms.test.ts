import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataFolder } from "@mammo/testing";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCbisCohort, readCbisCrops, readLesionCrop } from "../src/node.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mammo-films-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));
const put = async (name: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
};

const heads = [
  "split",
  "image",
  "patient",
  "side",
  "view",
  "lesion",
  "x800",
  "y800",
  "w800",
  "h800",
  "margins",
  "pathology",
  "orig_width",
  "orig_height",
];
const row = (change: Readonly<Record<string, string>> = {}): string => {
  const usual: Record<string, string> = {
    split: "train",
    image: "a.png",
    patient: "P_1",
    side: "LEFT",
    view: "MLO",
    lesion: "1",
    x800: "10",
    y800: "20",
    w800: "30",
    h800: "40",
  };
  return heads
    .map((head) => ({ ...usual, margins: "OBSCURED", pathology: "BENIGN", orig_width: "3000", orig_height: "4800", ...change })[head])
    .join("\t");
};
const write = async (...rows: readonly string[]): Promise<void> => {
  await put("labels.tsv", [heads.join("\t"), ...rows].join("\n"));
  await put("train/a.png", new Uint8Array(1));
  await put("train/b.png", new Uint8Array(1));
};

describe("films squeezed to 800x800", () => {
  it("states a pixel's size by the film before the squeeze, and all columns of a lesion", async () => {
    await write(row(), row({ lesion: "2", pathology: "MALIGNANT" }), row({ image: "b.png", view: "CC" }));
    const { images, exams } = await readCbisCohort(root);
    expect(images.map(({ lesions }) => lesions!.length)).toEqual([2, 1]);
    const [film] = images;
    expect(film!.mmPerPixel![0]).toBeCloseTo((0.047 * 4800) / 800, 12);
    expect(film!.mmPerPixel![1]).toBeCloseTo((0.047 * 3000) / 800, 12);
    expect(film!.size).toEqual([800, 800]);
    expect(film!.lesions![0]).toMatchObject({
      malignant: false,
      box: { top: 20, left: 10, bottom: 60, right: 40 },
      description: { margins: "OBSCURED", pathology: "BENIGN" },
    });
    expect(film!.lesions![0]!.description).not.toHaveProperty("patient");
    // One malignant lesion makes the breast, and so its other film too.
    expect(images.map(({ cancer }) => cancer)).toEqual([1, 1]);
    expect(exams).toMatchObject([{ patientId: "P_1", cancer: { L: 1 } }]);
  });

  it.each([
    ["a pathology of another name", { pathology: "UNKNOWN" }],
    ["a box without size", { w800: "0" }],
    ["a size that is no number", { orig_height: "tall" }],
    ["a path that leads out", { image: "../a.png" }],
    ["a folder that leads out", { split: ".." }],
    ["a file of no known kind", { image: "a.txt" }],
    ["no patient", { patient: "" }],
  ])("refuses %s by the row", async (_, change) => {
    await write(row(change));
    await expect(readCbisCohort(root)).rejects.toMatchObject({ code: "invalid-value", message: expect.stringMatching(/^labels\.tsv row 2/) });
  });

  it("refuses another woman or size in a later row of a film", async () => {
    const changes: readonly Readonly<Record<string, string>>[] = [{ patient: "P_2" }, { orig_width: "3001" }];
    for (const change of changes) {
      await write(row(), row({ lesion: "2", ...change }));
      await expect(readCbisCohort(root)).rejects.toMatchObject({ code: "invalid-value", message: expect.stringContaining("row 3") });
    }
  });
});

describe("lesion crops", () => {
  const table = (...rows: readonly string[]) => put("labels.tsv", ["file\ttype\tpatient\tside\tclass_folder", ...rows].join("\n"));

  it("are read at the standard spacing", async () => {
    const [high, wide] = [160, 106];
    await put("calc/x.png", encode({ width: wide, height: high, data: new Uint8Array(high * wide).fill(102), channels: 1, depth: 8 }));
    await table("calc/x.png\tcalc\tP_1\tLEFT\tMALIGNANT", "calc/x.png\tmass\tP_2\tRIGHT\tBENIGN_WITHOUT_CALLBACK");
    const crops = await readCbisCrops(root);
    expect(crops).toMatchObject([
      { kind: "calcification", malignant: true, withoutCallback: false, patientId: "P_1", laterality: "L" },
      { kind: "mass", malignant: false, withoutCallback: true, patientId: "P_2", laterality: "R" },
    ]);
    expect(crops[0]).not.toHaveProperty("view");
    await put("labels.tsv", "file\ttype\tpatient\tside\tview\tabnormality_id\tclass_folder\ncalc/x.png\tcalc\tP_1\tLEFT\tMLO\t2\tMALIGNANT");
    expect(await readCbisCrops(root)).toMatchObject([{ view: "MLO", abnormality: "2" }]);
    const grid = await readLesionCrop(crops[0]!);
    expect([grid.rows, grid.columns]).toEqual([Math.ceil((high * 0.047) / 0.25), Math.ceil((wide * 0.047) / 0.25)]);
    for (const value of grid.pixels) expect(value).toBeCloseTo(0.4, 5);
  });

  it("refuses spoilt rows by their line, and files that are not there", async () => {
    for (const spoilt of [
      "x.png\tscar\tP_1\tLEFT\tBENIGN",
      "x.png\tcalc\tP_1\tUP\tBENIGN",
      "x.png\tcalc\tP_1\tLEFT\tBAD",
      "../x.png\tcalc\tP_1\tLEFT\tBENIGN",
      "x.png\tcalc\t\tLEFT\tBENIGN",
    ]) {
      await table(spoilt);
      await expect(readCbisCrops(root)).rejects.toMatchObject({ code: "invalid-value", message: expect.stringContaining("row 2") });
    }
    await table("x.png\tcalc\tP_1\tLEFT\tBENIGN");
    await expect(readCbisCrops(root)).rejects.toMatchObject({ code: "missing-file" });
  });
});

const folder = dataFolder();
it.skipIf(!folder)("the real table has the films, women and malignant breasts that it is said to have", async () => {
  const { images } = await readCbisCohort(join(folder!, "cbis-ddsm-mass"));
  const breasts = new Map(images.map(({ patientId, laterality, cancer }) => [`${patientId} ${laterality}`, cancer]));
  expect([images.length, new Set(images.map(({ patientId }) => patientId)).size, breasts.size]).toEqual([1231, 691, 722]);
  expect([...breasts.values()].filter((cancer) => cancer === 1).length).toBe(350);
});
