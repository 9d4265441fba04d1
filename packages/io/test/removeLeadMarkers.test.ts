import { fromSourcePoint, type Grid } from "@mammo/mammogram";
import { type Device, devices, encodeDicom, growLesion, renderView, type ViewSpec } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { readMammogram, removeLeadMarkers } from "../src/index.ts";

const coarse = ({ mmPerPixel, rows, columns, ...device }: Device): Device => {
  const scaled = (pixels: number) => Math.round((pixels * mmPerPixel) / 0.25);
  return { ...device, mmPerPixel: 0.25, rows: scaled(rows), columns: scaled(columns) };
};
/** `toEqual` takes seconds for a million numbers. */
const isSame = (a: Float32Array, b: Float32Array): boolean => a.length === b.length && a.every((value, at) => value === b[at]);
const place = [45, 8, 6] as const;
const specOf = (device: Device, woman: number, options: Partial<ViewSpec>): ViewSpec => ({
  seed: 9,
  woman,
  exam: 1,
  image: 1,
  laterality: woman % 2 === 0 ? "L" : "R",
  view: woman % 3 === 0 ? "MLO" : "CC",
  device: coarse(device),
  lesions: [],
  ...options,
});
const standardOf = async (spec: ViewSpec) => (await readMammogram(encodeDicom(renderView(spec)))).image;
const everyday = (["aldebaran", "bellatrix", "capella", "deneb"] as const).map((name) => [name, devices[name]] as const);

describe("removeLeadMarkers", () => {
  it.each(everyday)("finds a ring of lead on %s's images and fills it with what surrounds it", { timeout: 120_000 }, async (_, device) => {
    for (const woman of [1, 3]) {
      const [image, without] = [await standardOf(specOf(device, woman, { skinMarker: place })), await standardOf(specOf(device, woman, {}))];
      const { markers, pixels } = removeLeadMarkers(image, image);
      const differs = (one: Float32Array) => one.reduce((count, value, at) => count + (Math.abs(value - without.pixels[at]!) > 0.3 ? 1 : 0), 0);
      // A ring of 5 x 7 mm.
      expect(differs(image.pixels)).toBeGreaterThan(150);
      expect(differs(pixels)).toBeLessThan(differs(image.pixels) / 20);
      const at = renderView(
        specOf(device, woman, { lesions: [growLesion({ kind: "mass", malignant: true, center: place, growth: 1, conspicuity: 1, seed: [1] })] }),
      );
      const [row, column] = fromSourcePoint(at.lesions[0]!.center, image);
      expect(markers.some(({ top, left, bottom, right }) => Math.hypot((top + bottom) / 2 - row + 48, (left + right) / 2 - column) < 5)).toBe(true);
    }
  });

  it("leaves lesions and lone calcifications of unmarked images as they are, but for few", async () => {
    let touched = 0;
    for (const [k, [, device]] of everyday.entries())
      for (const kind of ["mass", "calcification"] as const)
        for (const malignant of [true, false]) {
          const lesion = growLesion({ kind, malignant, center: place, growth: 1, conspicuity: 1, seed: [k, kind] });
          const image = await standardOf(specOf(device, 10 + k, { lesions: [lesion] }));
          const before = image.pixels.slice();
          const { markers, pixels } = removeLeadMarkers(image, image);
          expect(isSame(image.pixels, before)).toBe(true);
          if (markers.length === 0) expect(isSame(pixels, before)).toBe(true);
          else touched++;
        }
    expect(touched).toBeLessThanOrEqual(1);
  }, 300_000);

  const square = (side: number, stroke: number, [height, width]: readonly [number, number]): Grid => {
    const pixels = new Float32Array(side * side).fill(0.4);
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        if (row < stroke || column < stroke || row >= height - stroke || column >= width - stroke) pixels[(20 + row) * side + 20 + column] = 1;
    return { pixels, rows: side, columns: side };
  };

  it.each([
    ["a frame of thin strokes", square(80, 1, [10, 8]), 1],
    ["a line", square(80, 1, [1, 12]), 1],
    ["a line at the edge", { ...square(80, 1, [1, 12]), pixels: square(80, 1, [1, 12]).pixels.subarray(20 * 80), rows: 60 }, 1],
    ["a dot", square(80, 1, [3, 3]), 0],
    ["a bright area", square(80, 8, [16, 16]), 0],
    ["a line that is longer than a word", square(80, 1, [1, 50]), 0],
    [
      "what is hardly brighter than its surroundings",
      { ...square(80, 1, [10, 8]), pixels: square(80, 1, [10, 8]).pixels.map((value) => 0.88 + 0.12 * value) },
      0,
    ],
    ["nothing", { pixels: new Float32Array(6400), rows: 80, columns: 80 }, 0],
  ] as const)("%s, 1 mm a pixel", (_, image, count) => {
    const { markers, pixels } = removeLeadMarkers(image, { mmPerPixel: 1 });
    expect(markers).toHaveLength(count);
    if (count === 1) expect(new Set(pixels)).toEqual(new Set([Math.fround(0.4)]));
    else expect(pixels).toEqual(image.pixels);
  });

  it("refuses pixels without a size", () => {
    expect(() => removeLeadMarkers(square(80, 1, [3, 3]), { mmPerPixel: 0 })).toThrow(new RangeError("Expected mmPerPixel above 0, got 0"));
  });
});
