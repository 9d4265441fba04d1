import { type Binary, fillHoles, morph, regions } from "./binary.ts";
import type { Grid } from "./grid.ts";

/** Marks the breast: 1 inside, 0 outside, same length as the grid's pixels. Replace it in `standardize` by a model of your own. */
export type MaskModel = (image: Grid, options: { readonly mmPerPixel: number }) => Uint8Array;

/** Masks are found at about this pitch: fine enough for a skin line, coarse enough to forget noise. */
const workingMm = 0.5;

/**
 * The breast by threshold and shape: brighter than the background's own noise, the largest region once thin bridges to labels and borders are cut, holes filled.
 *
 * Empty (all 0) where nothing stands out. Ours.
 */
export const breastMask: MaskModel = (image, { mmPerPixel }) => {
  const factor = Math.max(1, Math.round(workingMm / mmPerPixel));
  const small = shrink(image, factor);
  const mm = mmPerPixel * factor;
  const mask = largestRegion(threshold(small), mm);
  const out = new Uint8Array(image.rows * image.columns);
  for (let row = 0; row < image.rows; row++) {
    const from = Math.min(Math.floor(row / factor), mask.rows - 1) * mask.columns;
    for (let column = 0; column < image.columns; column++)
      out[row * image.columns + column] = mask.pixels[from + Math.min(Math.floor(column / factor), mask.columns - 1)]!;
  }
  return out;
};

/** Means of factor x factor blocks, then of 3 x 3 of those, as integers 0..1023. */
function shrink(image: Grid, factor: number): { readonly levels: Uint16Array; readonly rows: number; readonly columns: number } {
  const rows = Math.max(1, Math.floor(image.rows / factor));
  const columns = Math.max(1, Math.floor(image.columns / factor));
  const sums = new Float32Array(rows * columns);
  for (let row = 0; row < rows * factor && row < image.rows; row++) {
    const to = Math.floor(row / factor) * columns;
    const from = row * image.columns;
    for (let column = 0; column < columns; column++)
      for (let part = 0; part < factor && column * factor + part < image.columns; part++)
        sums[to + column]! += image.pixels[from + column * factor + part]!;
  }
  const levels = new Uint16Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const [above, below] = [Math.max(row - 1, 0) * columns, Math.min(row + 1, rows - 1) * columns];
    for (let column = 0; column < columns; column++) {
      const [left, right] = [Math.max(column - 1, 0), Math.min(column + 1, columns - 1)];
      const at = row * columns;
      const sum =
        sums[above + left]! + sums[above + column]! + sums[above + right]! +
        sums[at + left]! + sums[at + column]! + sums[at + right]! +
        sums[below + left]! + sums[below + column]! + sums[below + right]!; // biome-ignore format: a stencil
      levels[at + column] = Math.min(1023, Math.max(0, (sum / (9 * factor * factor)) * 1023));
    }
  }
  return { levels, rows, columns };
}

function threshold(small: { readonly levels: Uint16Array; readonly rows: number; readonly columns: number }): Binary {
  const histogram = new Uint32Array(1024);
  for (const level of small.levels) histogram[level]!++;
  const between = otsu(histogram);
  // The background's peak and its noise, from the side away from the breast where there is one.
  let peak = 0;
  for (let level = 1; level <= between; level++) if (histogram[level]! > histogram[peak]!) peak = level;
  let above = 0;
  let below = 0;
  for (let level = 0; level <= between; level++) {
    if (level < peak) below += histogram[level]!;
    else above += histogram[level]!;
  }
  let noise = 0;
  if (below > 0) {
    let sum = 0;
    for (let level = 0; level < peak; level++) sum += histogram[level]! * (level - peak) ** 2;
    noise = Math.sqrt(sum / below);
  }
  const limit = Math.min(between, peak + Math.max(3 * noise, 0.15 * (between - peak), 8));
  void above;
  return { rows: small.rows, columns: small.columns, pixels: Uint8Array.from(small.levels, (level) => (level > limit ? 1 : 0)) };
}

/** The level that splits a histogram with the greatest variance between the two sides (Otsu 1979). */
export function otsu(histogram: Uint32Array): number {
  let total = 0;
  let moment = 0;
  for (let level = 0; level < histogram.length; level++) {
    total += histogram[level]!;
    moment += level * histogram[level]!;
  }
  let [count, sum, best, bestLevel] = [0, 0, -1, 0];
  for (let level = 0; level < histogram.length; level++) {
    count += histogram[level]!;
    sum += level * histogram[level]!;
    if (count === 0 || count === total) continue;
    const difference = sum / count - (moment - sum) / (total - count);
    const variance = count * (total - count) * difference * difference;
    if (variance > best) [best, bestLevel] = [variance, level];
  }
  return bestLevel;
}

function largestRegion(binary: Binary, mm: number): Binary {
  const radius = Math.max(1, Math.round(2.5 / mm));
  const eroded = morph(binary, radius, "erode");
  const { labels, sizes } = regions(eroded, 1);
  let best = 0;
  for (let label = 1; label < sizes.length; label++) if (sizes[label]! > (sizes[best] ?? 0) || best === 0) best = label;
  if (best === 0) return { ...binary, pixels: new Uint8Array(binary.pixels.length) };
  const core: Binary = { ...binary, pixels: Uint8Array.from(labels, (label) => (label === best ? 1 : 0)) };
  const grown = morph(core, radius + 1, "dilate");
  return fillHoles({ ...binary, pixels: grown.pixels.map((pixel, at) => pixel & binary.pixels[at]!) });
}
