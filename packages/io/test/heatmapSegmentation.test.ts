import { fromSourcePoint } from "@mammo/mammogram";
import { commandExists } from "@mammo/testing";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { rle } from "../src/dicom/codecs/rle.ts";
import { encodeRle } from "../src/dicom/write/encodeRle.ts";
import { decodeFrame, type ImagePixel, limitsDefaults, parseDicom, readImagePixel } from "../src/index.ts";
import { deidentify, type Heatmap, heatmapSegmentation } from "../src/write.ts";
import { throughArchive, withArchive } from "./archive.ts";
import { dciodvfy, judge } from "./judges.ts";
import { options, phantomExam } from "./reportedExam.ts";

const heatmap: Heatmap = {
  cells: Array.from({ length: 17 * 11 }, (_, cell) => ((7 * cell) % 256) / 255),
  rows: 17,
  columns: 11,
  stride: 64,
  first: 96,
};
let made: Awaited<ReturnType<typeof phantomExam>>;
let segmentations: readonly Uint8Array[];
beforeAll(async () => {
  made = await phantomExam();
  segmentations = await Promise.all([made.images[0]!, made.images[2]!].map((image) => heatmapSegmentation(heatmap, image, options)));
});

describe("the Segmentation of a heatmap", () => {
  it("has in each pixel of the stored image the cell that it lies in, of a left and of a right breast", async () => {
    for (const [index, image] of [made.images[0]!, made.images[2]!].entries()) {
      const file = await parseDicom(segmentations[index]!);
      const pixel = readImagePixel(file.dataSet, limitsDefaults);
      expect([pixel.rows, pixel.columns]).toEqual([image.standard.source.rows, image.standard.source.columns]);
      const levels = await decodeFrame(file, pixel);
      for (let row = 0; row < pixel.rows; row += 37)
        for (let column = 0; column < pixel.columns; column += 29) {
          const place = fromSourcePoint([row + 0.5, column + 0.5], image.standard);
          const [down, across] = place.map((at) => Math.floor((at - 64) / 64));
          const isInside = down! >= 0 && down! < 17 && across! >= 0 && across! < 11;
          expect(levels[row * pixel.columns + column], `${row}, ${column}`).toBe(isInside ? (7 * (down! * 11 + across!)) % 256 : 0);
        }
    }
  });

  it("is the same for the same heatmap, and refuses evidence that is none", async () => {
    expect(await heatmapSegmentation(heatmap, made.images[0]!, options)).toEqual(segmentations[0]);
    await expect(heatmapSegmentation({ ...heatmap, cells: Array(17 * 11).fill(1.01) }, made.images[0]!, options)).rejects.toThrow(RangeError);
    await expect(heatmapSegmentation({ ...heatmap, cells: Array(17 * 11).fill(Number.NaN) }, made.images[0]!, options)).rejects.toThrow(RangeError);
    await expect(heatmapSegmentation({ ...heatmap, cells: heatmap.cells, rows: 18 }, made.images[0]!, options)).rejects.toThrow("18 x 11");
  });

  it.skipIf(!commandExists("dciodvfy"))("holds to its information object, without names too (needs dciodvfy of dicom3tools)", async () => {
    for (const bytes of segmentations) {
      expect(dciodvfy(bytes)).toEqual({ object: "Segmentation", complaints: [] });
      const clean = await deidentify(bytes, { key: new TextEncoder().encode("a key for the tests") });
      expect(dciodvfy(clean).complaints.filter((line) => line.startsWith("Error"))).toEqual([]);
    }
  });

  it.skipIf(!commandExists("dcmdump"))("is read without complaint (needs dcmdump of dcmtk)", () => {
    const { status, stderr } = judge("dcmdump", segmentations[0]!);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it.skipIf(!commandExists("Orthanc"))("is taken by an archive and comes back the same (needs Orthanc)", async () => {
    await withArchive(async (address) => expect(await throughArchive(address, segmentations[0]!)).toEqual(segmentations[0]));
  });
});

it("RLE gives back every row, however it is made of runs", async () => {
  const stretch = fc.record({ value: fc.nat(3), length: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 120, max: 260 })) });
  await fc.assert(
    fc.asyncProperty(fc.array(stretch, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 3 }), async (stretches, rows) => {
      const row = stretches.flatMap(({ value, length }) => Array<number>(length).fill(value));
      const pixels = Uint8Array.from(Array.from({ length: rows }, () => row).flat());
      const encoded = encodeRle(pixels, row.length);
      expect(encoded.length % 2).toBe(0);
      const pixel: ImagePixel = {
        rows,
        columns: row.length,
        frames: 1,
        samplesPerPixel: 1,
        photometricInterpretation: "MONOCHROME2",
        planarConfiguration: 0,
        bitsAllocated: 8,
        bitsStored: 8,
        highBit: 7,
        isSigned: false,
      };
      expect(await rle.decode(encoded, pixel, "")).toEqual(pixels);
    }),
  );
});
