import fc from "fast-check";
import { expect, it } from "vitest";
import { DicomError, intensityLut, readMammogram, standardize } from "../src/index.ts";
import { type Element, mammogram } from "./writeDicom.ts";

const decimal = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(value).slice(0, 16)),
  fc.constantFrom("0", "1", "-1", "1e308", "-1e308", "1e-308", "4096", "2,5", "", "USER"),
);
const table = (tag: number): fc.Arbitrary<Element> =>
  fc
    .record({
      descriptor: fc.tuple(fc.constantFrom(0, 1, 16, 255, 256, 4096), fc.nat(65535), fc.integer({ min: 1, max: 16 })),
      isShort: fc.integer({ min: -3, max: 3 }),
      most: fc.constantFrom(1, 255, 256, 4095, 65535),
    })
    .map(({ descriptor, isShort, most }): Element => {
      const length = Math.max(0, (descriptor[0] || 65536) + isShort);
      const data = Array.from({ length: Math.min(length, 20_000) }, (_, index) => (index * 7919) % (most + 1));
      return [
        tag,
        "SQ",
        [
          [
            [0x00283002, "US", descriptor],
            [0x00283006, "OW", Uint16Array.from(data)],
          ],
        ],
      ];
    });
const header = fc
  .tuple(
    fc.array(table(0x00283000), { maxLength: 1 }),
    fc.array(table(0x00283010), { maxLength: 1 }),
    fc.record({
      center: decimal,
      width: decimal,
      slope: decimal,
      intercept: decimal,
      shape: fc.constantFrom("LINEAR", "SIGMOID", "LINEAR_EXACT", "other"),
    }),
    fc.record({
      stored: fc.integer({ min: 8, max: 16 }),
      isSigned: fc.boolean(),
      padding: fc.nat(65535),
      limit: fc.nat(65535),
      isInverted: fc.boolean(),
    }),
  )
  .map(([modality, voi, { center, width, slope, intercept, shape }, { stored, isSigned, padding, limit, isInverted }]): readonly Element[] => [
    ...modality,
    ...voi,
    [0x00281050, "DS", center],
    [0x00281051, "DS", width],
    [0x00281052, "DS", intercept],
    [0x00281053, "DS", slope],
    [0x00281056, "CS", shape],
    [0x00280101, "US", stored],
    [0x00280102, "US", stored - 1],
    [0x00280103, "US", isSigned ? 1 : 0],
    [0x00280120, "US", padding],
    [0x00280121, "US", limit],
    [0x00280004, "CS", isInverted ? "MONOCHROME1" : "MONOCHROME2"],
  ]);

it("no brightness leaves [0, 1], whatever tables, windows, bits and padding a header has", async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(header, async (extra) => {
      const small = { rows: 96, columns: 64, mm: 1.25, extra };
      const read = await readMammogram(mammogram(small), { size: [64, 48], mmPerPixel: 5 }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(DicomError);
        outcomes.add((error as DicomError).code);
        return undefined;
      });
      if (read === undefined) return;
      outcomes.add("read");
      expect(read.image.pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
      const { pixel, modality, vois, isInverted, padding } = read.header;
      for (const voi of [...vois, undefined])
        expect(intensityLut(pixel, { modality, voi, isInverted, padding }).every((value) => value >= 0 && value <= 1)).toBe(true);
    }),
    { numRuns: 150 },
  );
  expect(outcomes).toContain("read");
});

it("a caller's own table is bounded by standardize", () => {
  const rows = 200;
  const storedValues = Uint8Array.from({ length: rows * rows }, (_, index) => (index % rows < 80 ? 200 : 0));
  const lut = Float32Array.from({ length: 256 }, (_, value) => (value === 200 ? 219.6 : -3));
  const image = standardize({
    storedValues,
    rows,
    columns: rows,
    lut,
    isLinear: false,
    mmPerPixel: [1, 1],
    laterality: "L",
    view: "CC",
  });
  expect(image.pixels.reduce((most, value) => Math.max(most, value), 0)).toBe(1);
});
