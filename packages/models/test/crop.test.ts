import { applyAffine, type Grid, keyedRandom } from "@mammo/mammogram";
import { boxInCrop, type CropOptions, crop, cropAround } from "@mammo/models";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const image: Grid & { stored: Uint16Array } = (() => {
  const [rows, columns, random] = [40, 30, keyedRandom("crop")];
  const stored = Uint16Array.from({ length: rows * columns }, () => random.below(65536));
  return { rows, columns, stored, pixels: Float32Array.from(stored, (value) => value / 65535) };
})();

const options: fc.Arbitrary<CropOptions> = fc.record({
  center: fc.tuple(fc.double({ min: -5, max: 45, noNaN: true }), fc.double({ min: -5, max: 35, noNaN: true })),
  rows: fc.integer({ min: 1, max: 12 }),
  columns: fc.integer({ min: 1, max: 12 }),
  angle: fc.double({ min: -3, max: 3, noNaN: true }),
  scale: fc.double({ min: 0.3, max: 3, noNaN: true }),
  shear: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
  flipRows: fc.boolean(),
  flipColumns: fc.boolean(),
});

/** Bilinear interpolation between the centers of the pixels, by its definition; 0 where one of the four is outside. */
function valueAt({ pixels, rows, columns }: Grid, row: number, column: number): number {
  const [top, left] = [Math.floor(row - 0.5), Math.floor(column - 0.5)];
  if (top < 0 || left < 0 || top + 1 >= rows || left + 1 >= columns) return 0;
  let sum = 0;
  for (const r of [top, top + 1])
    for (const c of [left, left + 1]) sum += pixels[r * columns + c]! * (1 - Math.abs(row - 0.5 - r)) * (1 - Math.abs(column - 0.5 - c));
  return sum;
}

describe("crop", () => {
  it("has at each pixel the image's value where toSource leads, and 0 outside", () => {
    fc.assert(
      fc.property(options, (some) => {
        const { pixels, rows, columns, toSource } = crop(image, some);
        expect([rows, columns]).toEqual([some.rows, some.columns]);
        for (const [index, value] of pixels.entries()) {
          const at = applyAffine(toSource, [Math.floor(index / columns) + 0.5, (index % columns) + 0.5]);
          // On the very edge of the image rounding decides between the value and 0.
          if ([at[0] - 0.5, at[1] - 0.5, at[0] + 0.5 - 40, at[1] + 0.5 - 30].some((distance) => Math.abs(distance) < 1e-9)) continue;
          expectClose(value, valueAt(image, ...at), { absolute: 1e-6 });
        }
      }),
    );
  });

  it("of 16-bit values is that of the image, without a copy", () => {
    fc.assert(
      fc.property(options, (some) => {
        const stored = crop({ ...image, pixels: image.stored }, some);
        expectClose(stored.pixels, crop(image, some).pixels, { absolute: 1e-6 });
      }),
    );
  });

  it("without a turn is a rectangle of the image; flips turn it over; its center leads to the center", () => {
    const whole = { center: [10, 12], rows: 4, columns: 6 } as const;
    const { pixels, toSource } = crop(image, whole);
    const rectangle = Array.from({ length: 24 }, (_, index) => image.pixels[(8 + Math.floor(index / 6)) * 30 + 9 + (index % 6)]!);
    expect(Array.from(pixels)).toEqual(rectangle);
    expect(toSource).toEqual([1, 0, 8, 0, 1, 9]);
    expect(Array.from(crop(image, { ...whole, flipRows: true, flipColumns: true }).pixels)).toEqual(rectangle.toReversed());
    const turned = crop(image, { ...whole, angle: 0.4, scale: 1.3, shear: 0.2, flipColumns: true });
    expectClose(applyAffine(turned.toSource, [2, 3]), [10, 12], { absolute: 1e-12 });
  });

  it("writes into a batch's memory, zeros outside too, and refuses another size and no scale", () => {
    const batch = new Float32Array(8).fill(7);
    crop(image, { center: [0, 0], rows: 2, columns: 2 }, batch.subarray(4));
    expect(Array.from(batch.subarray(0, 7))).toEqual([7, 7, 7, 7, 0, 0, 0]);
    expect(() => crop(image, { center: [0, 0], rows: 2, columns: 2 }, batch)).toThrow("Expected room for 2x2 pixels, got 8.");
    expect(() => crop(image, { center: [0, 0], rows: 2, columns: 2, scale: 0 })).toThrow("Expected a finite scale above 0, got 0.");
  });

  const place: CropOptions = { center: [20, 15], rows: 4, columns: 4 };
  const box = { top: 10, left: 10, bottom: 20, right: 14 };
  it.each<[what: string, change: Partial<CropOptions>, message: string]>([
    ["a row of NaN", { center: [Number.NaN, 1] }, "Expected a finite center, got (NaN, 1)."],
    ["a column without end", { center: [1, Infinity] }, "Expected a finite center, got (1, Infinity)."],
    ["an angle of NaN", { angle: Number.NaN }, "Expected angle to be finite, got NaN."],
    ["a shear without end", { shear: -Infinity }, "Expected shear to be finite, got -Infinity."],
    ["a scale of NaN", { scale: Number.NaN }, "Expected a finite scale above 0, got NaN."],
    ["a scale without end", { scale: Infinity }, "Expected a finite scale above 0, got Infinity."],
    ["no rows", { rows: 0 }, "Expected a crop of at least 1x1 whole pixels, got 0x4."],
    ["half a column", { columns: 1.5 }, "Expected a crop of at least 1x1 whole pixels, got 4x1.5."],
  ])("%s: refused by crop and boxInCrop, before a pixel is written", (_, change, message) => {
    const options = { ...place, ...change };
    const into = new Float32Array(16).fill(7);
    for (const call of [() => crop(image, options), () => crop(image, options, into), () => boxInCrop(box, options)])
      expect(call).toThrow(new RangeError(message));
    expect(into).toEqual(new Float32Array(16).fill(7));
  });

  it("cropAround shows `times` the longer side of the box, about its center or another", () => {
    const { toSource, rows, columns } = cropAround(image, box, { times: 2, side: 10 });
    expect([rows, columns, ...toSource]).toEqual([10, 10, 2, 0, 5, 0, 2, 2]);
    expect(cropAround(image, box, { times: 2, side: 10, center: [20, 20] }).toSource).toEqual([2, 0, 10, 0, 2, 10]);
  });

  it.each([
    ["without height", { bottom: 10 }],
    ["upside down", { top: 30 }],
    ["of NaN", { left: Number.NaN }],
    ["without end", { right: Infinity }],
  ])("cropAround refuses a box %s, with a center of its own too", (_, change) => {
    for (const center of [undefined, [20, 15] as const])
      expect(() => cropAround(image, { ...box, ...change }, { times: 2, side: 10, ...(center ? { center } : {}) })).toThrow(
        /^Expected the box with finite top < bottom and left < right, got /,
      );
  });

  it("cropAround refuses what leaves no scale", () => {
    for (const times of [0, -1, Number.NaN, Infinity])
      expect(() => cropAround(image, box, { times, side: 10 })).toThrow(/^Expected a finite scale above 0, got /);
  });

  it("has the bits of the sampler that trained the first detectors", () => {
    const [random, size] = [keyedRandom("patches"), 24];
    for (let trial = 0; trial < 50; trial++) {
      const center = [random.between(0, 40), random.between(0, 30)] as const;
      const [angle, scale, shear] = [(random.between(-25, 25) * Math.PI) / 180, random.between(0.8, 1.2), random.between(-0.2, 0.2)];
      const [flipRows, flipColumns] = [random.chance(0.5), random.chance(0.5)];
      const expected = cutPatch(image.stored, image, { center, angle, scale, shear, down: flipRows ? -1 : 1, right: flipColumns ? -1 : 1, size });
      const came = crop({ ...image, pixels: image.stored }, { center, rows: size, columns: size, angle, scale, shear, flipRows, flipColumns });
      expect(came.pixels).toEqual(expected);
    }
  });
});

interface Patch {
  readonly center: readonly [number, number];
  readonly angle: number;
  readonly scale: number;
  readonly shear: number;
  readonly down: number;
  readonly right: number;
  readonly size: number;
}

/** The arithmetic of `npm run dream` before `crop` was public, word for word. */
function cutPatch(source: Uint16Array, { rows, columns }: Grid, { center, angle, scale, shear, down, right, size }: Patch): Float32Array {
  const out = new Float32Array(size * size);
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  const rowByRow = down * cos;
  const rowByColumn = right * (shear * cos - sin);
  const columnByRow = down * sin;
  const columnByColumn = right * (shear * sin + cos);
  const half = size / 2;
  for (let i = 0, at = 0; i < size; i++) {
    for (let j = 0; j < size; j++, at++) {
      const row = center[0] - 0.5 + rowByRow * (i + 0.5 - half) + rowByColumn * (j + 0.5 - half);
      const column = center[1] - 0.5 + columnByRow * (i + 0.5 - half) + columnByColumn * (j + 0.5 - half);
      const r = Math.floor(row);
      const c = Math.floor(column);
      if (r < 0 || c < 0 || r + 1 >= rows || c + 1 >= columns) continue;
      const base = r * columns + c;
      const fr = row - r;
      const fc = column - c;
      const top = source[base]! + fc * (source[base + 1]! - source[base]!);
      const bottom = source[base + columns]! + fc * (source[base + columns + 1]! - source[base + columns]!);
      out[at] = (top + fr * (bottom - top)) / 65535;
    }
  }
  return out;
}
