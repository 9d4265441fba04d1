import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devices, encodeDicom, renderView } from "@mammo/phantom";
import { commandExists, dataFolder } from "@mammo/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { text as textOf } from "../src/dicom/parse/values.ts";
import { decodeFrame, intensityLut, limitsDefaults, parseDicom, readImagePixel, readMammogram, readMammoHeader, readPgm } from "../src/index.ts";
import { element, encodePart10, mammographyCadSr, presentationStates, type ReportedImage, secondaryCapture } from "../src/write.ts";
import { throughArchive, withArchive } from "./archive.ts";
import { dciodvfy, judge } from "./judges.ts";
import { options, phantomExam } from "./reportedExam.ts";
import { seen } from "./seen.ts";
import { type Element, mammogram } from "./writeDicom.ts";

let made: Awaited<ReturnType<typeof phantomExam>>;
let summary: Uint8Array;
let states: readonly Uint8Array[];
beforeAll(async () => {
  made = await phantomExam();
  summary = await secondaryCapture(made.exam, made.images, options);
  states = await presentationStates(made.exam, made.images, options);
});

const amber = [255, 194, 26];

async function colors(bytes: Uint8Array) {
  const file = await parseDicom(bytes);
  const pixel = readImagePixel(file.dataSet, limitsDefaults);
  const cells = await decodeFrame(file, pixel);
  return {
    ...pixel,
    at: (row: number, column: number): number[] =>
      Array.from(cells.slice(3 * (row * pixel.columns + column), 3 * (row * pixel.columns + column) + 3)),
  };
}

describe("the Secondary Capture", () => {
  it("shows four views side by side with their findings' boxes, right breasts mirrored", async () => {
    const { rows, columns, samplesPerPixel, at } = await colors(summary);
    expect([rows, columns, samplesPerPixel]).toEqual([64 + 30 + 600 + 8 + 34, 4 * 408 - 8, 3]);
    const [lesion] = made.exam.breasts[0]!.lesions[0]!.findings;
    const { top, left, bottom, right } = lesion!.box;
    // L-CC is the second picture of the page, a view is halved, the outline lies around the box.
    const [middle, edge] = [Math.round(94 + (top + bottom) / 4), Math.round(408 + left / 2) - 1];
    expect(at(middle, edge)).toEqual(amber);
    expect(at(middle, Math.round(408 + right / 2) + 1)).toEqual(amber);
    expect(at(middle, Math.round(408 + (left + right) / 4))).not.toEqual(amber);
    // R-CC is the first, its box from 100 to 170 lies as far from the right border.
    expect(at(94 + 315, 400 - 50 + 1)).toEqual(amber);
    expect(at(94 + 315, 400 - 85 - 1)).toEqual(amber);
  });

  it("says that nothing identifying is burned in only where its images say so", async () => {
    const stated = async (bytes: Uint8Array): Promise<string | undefined> => {
      const element = (await parseDicom(bytes)).dataSet.elements.get(0x0028_0301);
      return element && new TextDecoder().decode(bytes.subarray(element.offset, element.offset + element.length)).trim();
    };
    const changed = async (change: (elements: Map<number, unknown>) => void): Promise<ReportedImage[]> => {
      const file = await parseDicom(made.files[0]!.slice());
      change(file.dataSet.elements as Map<number, unknown>);
      return [{ ...made.images[0]!, file }, ...made.images.slice(1)];
    };
    expect(await stated(summary)).toBe("NO");
    const silent = await changed((elements) => elements.delete(0x0028_0301));
    expect(await stated(await secondaryCapture(made.exam, silent, options))).toBeUndefined();
    const yes = await changed(() => undefined);
    const { dataSet } = yes[0]!.file;
    dataSet.bytes.set(new TextEncoder().encode("YES "), dataSet.elements.get(0x0028_0301)!.offset);
    (dataSet.elements as Map<number, unknown>).set(0x0028_0301, { ...dataSet.elements.get(0x0028_0301)!, length: 4 });
    expect(await stated(await secondaryCapture(made.exam, yes, options))).toBe("YES");
  });

  it.skipIf(!commandExists("dciodvfy"))("holds to its information object (needs dciodvfy of dicom3tools)", () => {
    expect(dciodvfy(summary)).toEqual({ object: "SCImage", complaints: [] });
  });

  it.skipIf(!commandExists("dcm2pnm"))("is drawn by another library as it was meant (needs dcm2pnm of dcmtk)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mammo-picture-"));
    try {
      writeFileSync(join(folder, "one.dcm"), summary);
      execFileSync("dcm2pnm", ["+op", join(folder, "one.dcm"), join(folder, "one.ppm")], { stdio: "ignore" });
      const picture = readFileSync(join(folder, "one.ppm"));
      const { rows, columns, at } = await colors(summary);
      const pixels = picture.subarray(picture.length - 3 * rows * columns);
      for (const [row, column] of [
        [20, 20],
        [400, 500],
        [94 + 315, 351],
      ] as const)
        expect(Array.from(pixels.subarray(3 * (row * columns + column), 3 * (row * columns + column) + 3))).toEqual(at(row, column));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("the presentation states", () => {
  it("are one for each image with findings, and the same for the same report", async () => {
    expect(states).toHaveLength(4);
    expect(await presentationStates(made.exam, made.images, options)).toEqual(states);
    const left = { ...made.exam, breasts: made.exam.breasts.slice(0, 1) };
    expect(await presentationStates(left, made.images, options)).toHaveLength(2);
  });

  it("outline the findings in pixels of the stored images", async () => {
    const { dataSet } = await parseDicom(states[0]!);
    const graphics = dataSet.elements.get(0x0070_0001)!.items![0]!.elements.get(0x0070_0009)!.items![0]!.elements.get(0x0070_0022)!;
    const view = new DataView(dataSet.bytes.buffer, dataSet.bytes.byteOffset + graphics.offset, graphics.length);
    const { top, left, bottom, right } = made.truth[0]!;
    expect(Array.from({ length: 10 }, (_, index) => Math.round(100 * view.getFloat32(4 * index, true)) / 100)).toEqual([
      ...[left, top, right, top, right, bottom],
      ...[left, bottom, left, top],
    ]);
  });

  it("repeat the look of the frame that they speak of", async () => {
    const window = (center: string): readonly Element[] => [
      [
        0x0028_9132,
        "SQ",
        [
          [
            [0x0028_1050, "DS", center],
            [0x0028_1051, "DS", "400"],
          ],
        ],
      ],
    ];
    const file = await parseDicom(
      mammogram({
        rows: 24,
        columns: 16,
        cells: new Uint16Array(2 * 24 * 16),
        sopClass: "1.2.840.10008.5.1.4.1.1.13.1.3",
        without: [0x0028_1050, 0x0028_1051],
        extra: [
          [0x0020_000e, "UI", "1.2.3.5"],
          [0x0028_0008, "IS", "2"],
          [0x5200_9230, "SQ", [window("1000"), window("3000")]],
        ],
      }),
    );
    const { exam, images } = made;
    for (const [frame, center] of [
      [undefined, "1000"],
      [0, "1000"],
      [1, "3000"],
    ] as const) {
      const left = {
        ...exam,
        breasts: [{ ...exam.breasts[0]!, lesions: [{ ...exam.breasts[0]!.lesions[0]!, findings: [exam.breasts[0]!.lesions[0]!.findings[0]!] }] }],
      };
      const [state] = await presentationStates(
        left,
        [{ name: "L-CC", file, standard: images[0]!.standard, ...(frame === undefined ? {} : { frame }) }],
        options,
      );
      const shown = (await parseDicom(state!)).dataSet.elements.get(0x0028_3110)!.items![0]!;
      expect(textOf(shown, 0x0028_1050), `${frame}`).toBe(center);
      const narrow = { ...options, limits: { frames: 1 } };
      await expect(presentationStates(left, [{ name: "L-CC", file, standard: images[0]!.standard }], narrow)).rejects.toMatchObject({
        code: "limit-exceeded",
      });
    }
  });

  it.skipIf(!commandExists("dciodvfy"))("hold to their information object (needs dciodvfy of dicom3tools)", () => {
    for (const state of states) expect(dciodvfy(state)).toEqual({ object: "GrayscaleSoftcopyPresentationState", complaints: [] });
  });

  const inverted = { ...devices.bellatrixFull, rows: 600, columns: 400, mmPerPixel: 0.5, voi: "LINEAR", compression: "none" } as const;
  const ramp = Array.from({ length: 1500 }, (_, index) => Math.round(4095 * Math.sqrt(index / 1499)));
  it.skipIf(!commandExists("dcmp2pgm") || !commandExists("dciodvfy")).each([
    ["a window", () => made.files[0]!],
    [
      "a window, white being low",
      () => encodeDicom(renderView({ seed: 3, woman: 5, exam: 1, image: 1, laterality: "L", view: "CC", device: inverted, lesions: [] })),
    ],
    [
      "a table of 12 bits",
      () =>
        encodePart10([
          ...seen(made.images[0]!.file.dataSet).filter(({ tag }) => tag < 0x0028_1050 || tag > 0x0028_1056),
          element(0x0028_3010, "SQ", [[element(0x0028_3002, "US", [1500, 300, 12]), element(0x0028_3006, "US", ramp)]]),
        ]),
    ],
  ])("show an image with %s as it asks to be shown itself (needs dcmp2pgm of dcmtk, dciodvfy of dicom3tools)", async (_name, make) => {
    const bytes = make();
    const file = await parseDicom(bytes);
    const { image: standard } = await readMammogram(bytes);
    const finding = { laterality: standard.laterality, view: standard.view, box: standard.breast, probability: 0.2, score: 8 };
    const lesions = [{ probability: 0.2, score: 8, findings: [finding] }];
    const exam = { probability: 0.2, score: 8, breasts: [{ laterality: standard.laterality, probability: 0.2, score: 8, lesions }] };
    const [state] = await presentationStates(exam, [{ name: "one", file, standard }], options);
    expect(dciodvfy(state!).complaints).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), "mammo-state-"));
    try {
      const paths = ["image.dcm", "state.dcm", "picture.pgm"].map((name) => join(folder, name)) as [string, string, string];
      writeFileSync(paths[0], bytes);
      writeFileSync(paths[1], state!);
      execFileSync("dcmp2pgm", ["-p", paths[1], paths[0], paths[2]], { stdio: "ignore" });
      const { storedValues: drawn } = readPgm(new Uint8Array(readFileSync(paths[2])));
      const { pixel, modality, vois, isInverted } = readMammoHeader(file);
      const lut = intensityLut(pixel, { modality, voi: vois[0], isInverted });
      const cells = await decodeFrame(file, pixel);
      expect(drawn.length).toBe(cells.length);
      // The tool rounds to 8 bits, after a table of its own.
      expect(Array.from(drawn).reduce((worst, level, at) => Math.max(worst, Math.abs(level - 255 * lut[cells[at]!]!)), 0)).toBeLessThanOrEqual(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.skipIf(!commandExists("dcmdump"))("are read without complaint (needs dcmdump of dcmtk)", () => {
    for (const bytes of [...states, summary]) {
      const { status, stderr } = judge("dcmdump", bytes);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  });

  it.skipIf(!commandExists("Orthanc"))("and the summary are taken by an archive and come back the same (needs Orthanc)", async () => {
    await withArchive(async (address) => {
      for (const bytes of [...states, summary]) expect(Buffer.compare(await throughArchive(address, bytes), bytes)).toBe(0);
    });
  });
});

describe("real images", () => {
  it.skipIf(!dataFolder() || !commandExists("dciodvfy"))(
    "of a device with VOI tables and of a frame of a stack give valid objects (needs the data folder, dciodvfy)",
    async () => {
      for (const [name, frame] of [
        ["fo-dicom/GH133.dcm", undefined],
        ["dbt/jpeg2k_3d.dcm", 1],
      ] as const) {
        const bytes = new Uint8Array(await readFile(join(dataFolder()!, "mg-dicom", name)));
        // The stack is one of 128 x 128 pixels, without a spacing: here any part of it may pass for a breast.
        const { image } = await readMammogram(bytes, {
          sourceMmPerPixel: [2, 2],
          mask: (grid) => new Uint8Array(grid.pixels.length).fill(1),
          ...(frame === undefined ? {} : { frame }),
        });
        const file = await parseDicom(bytes);
        const finding = { laterality: image.laterality, view: image.view, box: image.breast, probability: 0.2, score: 8, kind: "mass" as const };
        const lesion = { probability: 0.2, score: 8, findings: [finding] };
        const exam = { probability: 0.2, score: 8, breasts: [{ laterality: image.laterality, probability: 0.2, score: 8, lesions: [lesion] }] };
        const images = [{ name: "one", file, standard: image, ...(frame === undefined ? {} : { frame }) }];
        for (const object of [
          await mammographyCadSr(exam, images, options),
          await secondaryCapture(exam, images, options),
          ...(await presentationStates(exam, images, options)),
        ])
          expect(
            dciodvfy(object).complaints.filter((line) => line.startsWith("Error")),
            name,
          ).toEqual([]);
      }
    },
  );
});
