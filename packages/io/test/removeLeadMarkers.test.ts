import { boxCenter, type Grid, minMax } from "@mammo/mammogram";
import { type Device, devices, encodeDicom, growLesion, renderView, type ViewSpec } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { readMammogram, removeLeadMarkers } from "../src/index.ts";

const coarse = ({ mmPerPixel, rows, columns, ...device }: Device): Device => {
  const scaled = (pixels: number) => Math.round((pixels * mmPerPixel) / 0.25);
  return { ...device, mmPerPixel: 0.25, rows: scaled(rows), columns: scaled(columns) };
};
/** `toEqual` takes seconds for a million numbers. */
const isSame = (a: Float32Array, b: Float32Array): boolean => a.length === b.length && a.every((value, at) => value === b[at]);
const differing = (a: Float32Array, b: Float32Array): number[] => Array.from(a.keys()).filter((at) => Math.abs(a[at]! - b[at]!) > 0.3);
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
  // CC and MLO, left and right, two devices each.
  it.each(everyday.map((one, k) => [...one, k] as const))(
    "finds a ring of lead on %s's images and fills it with what surrounds it",
    async (_, device, k) => {
      const woman = [3, 1, 2, 6][k]!;
      const [image, without] = [await standardOf(specOf(device, woman, { skinMarker: place })), await standardOf(specOf(device, woman, {}))];
      const { markers, pixels } = removeLeadMarkers(image, image);
      const ring = differing(image.pixels, without.pixels);
      // A ring of 5 x 7 mm.
      expect(ring.length).toBeGreaterThan(150);
      expect(differing(pixels, without.pixels).length).toBeLessThan(ring.length / 20);
      const [top, bottom] = minMax(ring.map((at) => Math.floor(at / image.columns)));
      const [left, right] = minMax(ring.map((at) => at % image.columns));
      const middle = boxCenter({ top, left, bottom: bottom + 1, right: right + 1 });
      expect(markers.some((marker) => Math.hypot(boxCenter(marker)[0] - middle[0], boxCenter(marker)[1] - middle[1]) < 5)).toBe(true);
      // The dark beside the breast stays dark.
      expect(image.pixels.every((value, at) => value !== 0 || pixels[at] === 0)).toBe(true);
    },
    60_000,
  );

  it("leaves lesions and lone calcifications of unmarked images as they are, but for few", async () => {
    let touched = 0;
    for (const [k, [, device]] of everyday.entries())
      for (const kind of ["mass", "calcification"] as const) {
        const malignant = (k % 2 === 0) === (kind === "mass");
        const lesion = growLesion({ kind, malignant, center: place, growth: 1, conspicuity: 1, seed: [k, kind] });
        const image = await standardOf(specOf(device, 10 + k, { lesions: [lesion] }));
        const before = image.pixels.slice();
        const { markers, pixels } = removeLeadMarkers(image, image);
        expect(isSame(image.pixels, before)).toBe(true);
        if (markers.length === 0) expect(isSame(pixels, before)).toBe(true);
        else touched++;
      }
    expect(touched).toBeLessThanOrEqual(1);
  }, 60_000);

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

  it("at the skin fills the breast alone: what is 0 stays 0, to the bit", () => {
    const [side, edge] = [80, 30];
    const without = Float32Array.from({ length: side * side }, (_, at) => (at % side < edge ? 0.4 : 0));
    // An upright stroke of twelve pixels in the breast's last column.
    const pixels = without.map((value, at) => (at % side === edge - 1 && at >= 20 * side && at < 32 * side ? 1 : value));
    const { markers, pixels: cleaned } = removeLeadMarkers({ pixels, rows: side, columns: side }, { mmPerPixel: 0.5 });
    expect(markers).toHaveLength(1);
    expect(cleaned).toEqual(without);
  });

  it("refuses pixels without a size", () => {
    expect(() => removeLeadMarkers(square(80, 1, [3, 3]), { mmPerPixel: 0 })).toThrow(new RangeError("Expected mmPerPixel above 0, got 0"));
  });
});
