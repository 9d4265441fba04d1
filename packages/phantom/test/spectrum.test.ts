import { devices, renderView } from "@mammo/phantom";
import { expect, it } from "vitest";
import { coarse, massSpec } from "./tiny.ts";

const size = 128;
const mmPerPixel = 0.35;

/** Power of a square patch by radial frequency: the definition of the transform, one axis after the other, under a Hann window. */
function radialPower(patch: Float64Array): number[] {
  const wave = Array.from({ length: size }, (_, k) => [Math.cos((2 * Math.PI * k) / size), Math.sin((2 * Math.PI * k) / size)] as const);
  const hann = (i: number) => 0.5 - 0.5 * wave[i]![0];
  const mean = patch.reduce((sum, x) => sum + x, 0) / patch.length;
  const rows = new Float64Array(2 * size * size);
  for (let r = 0; r < size; r++)
    for (let u = 0; u < size; u++)
      for (let c = 0; c < size; c++) {
        const value = (patch[r * size + c]! - mean) * hann(r) * hann(c);
        rows[2 * (r * size + u)]! += value * wave[(u * c) % size]![0];
        rows[2 * (r * size + u) + 1]! -= value * wave[(u * c) % size]![1];
      }
  const power = new Array<number>(size / 2).fill(0);
  const count = new Array<number>(size / 2).fill(0);
  for (let u = 0; u < size; u++)
    for (let v = 0; v < size; v++) {
      let [re, im] = [0, 0];
      for (let r = 0; r < size; r++) {
        const [cos, sin] = wave[(v * r) % size]!;
        re += rows[2 * (r * size + u)]! * cos + rows[2 * (r * size + u) + 1]! * sin;
        im += rows[2 * (r * size + u) + 1]! * cos - rows[2 * (r * size + u)]! * sin;
      }
      const radius = Math.round(Math.hypot(Math.min(u, size - u), Math.min(v, size - v)));
      if (radius >= size / 2) continue;
      power[radius]! += re * re + im * im;
      count[radius]!++;
    }
  return power.map((sum, i) => sum / count[i]!);
}

it("has the power spectrum of mammograms: about f^-3 from 0.1 to 0.7 per mm", () => {
  const slopes = [1, 2, 3, 4].map((woman) => {
    const device = { ...coarse(devices.aldebaran, mmPerPixel), noise: 0 };
    const { pixels, columns, nipple } = renderView({ ...massSpec, woman, view: "CC", device, lesions: [] });
    const [top, left] = [Math.round(nipple[0]) - size / 2, Math.max(30, Math.round(nipple[1]) - size - 40)];
    const raw = Float64Array.from({ length: size * size }, (_, i) => pixels[(top + Math.floor(i / size)) * columns + left + (i % size)]!);
    // Lone calcifications are no texture: the brightest 1 % of the pixels are cut to the next.
    const ceiling = raw.toSorted()[Math.floor(0.99 * raw.length)]!;
    const patch = raw.map((value) => Math.min(value, ceiling));
    const points = radialPower(patch).flatMap((power, i) => (i >= 4 && i <= 32 ? [[Math.log(i), Math.log(power)] as const] : []));
    const [mx, my] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length) as [number, number];
    return points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  });
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length;
  expect(mean).toBeGreaterThan(-3.5);
  expect(mean).toBeLessThan(-2.5);
});
