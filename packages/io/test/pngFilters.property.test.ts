import fc from "fast-check";
import { expect, it } from "vitest";
import { unfilterPng } from "../src/image/raster/pngFilters.ts";

/** Whichever of left, up and corner is nearest to their plane, the first of them where two are as near: PNG's definition. */
const nearest = (left: number, up: number, corner: number): number => {
  const distances = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  return [left, up, corner][distances.indexOf(Math.min(...distances))]!;
};
const predictors = [
  () => 0,
  (left: number) => left,
  (_: number, up: number) => up,
  (left: number, up: number) => Math.floor((left + up) / 2),
  nearest,
] as const;

it("unfilterPng undoes each filter, line by line", () => {
  const picture = fc.record({
    pixelBytes: fc.constantFrom(1, 2, 3, 4, 6, 8),
    columns: fc.integer({ min: 1, max: 5 }),
    filters: fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
    // Few values, so that distances are often equal.
    values: fc.array(fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.nat(255)), { minLength: 240, maxLength: 240 }),
    before: fc.nat(3),
  });
  fc.assert(
    fc.property(picture, ({ pixelBytes, columns, filters, values, before }) => {
      const rowBytes = columns * pixelBytes;
      const cell = (row: number, at: number): number => (row < 0 || at < 0 ? 0 : values[row * rowBytes + at]!);
      const lines = filters.map((filter, row) => [
        filter,
        ...Array.from(
          { length: rowBytes },
          (_, at) => (cell(row, at) - predictors[filter]!(cell(row, at - pixelBytes), cell(row - 1, at), cell(row - 1, at - pixelBytes))) & 255,
        ),
      ]);
      const raw = Uint8Array.from([...new Array<number>(before).fill(9), ...lines.flat()]);
      unfilterPng(raw, { at: before, rows: filters.length, rowBytes, pixelBytes });
      const found = filters.flatMap((_, row) => [...raw.subarray(before + row * (rowBytes + 1) + 1, before + (row + 1) * (rowBytes + 1))]);
      expect(found).toEqual(values.slice(0, filters.length * rowBytes));
    }),
  );
});
