import { type Binary, fillHoles, morph, regionsOf } from "./binary.ts";
import type { Grid } from "./grid.ts";

/** Marks the breast: 1 inside, 0 outside, same length as the grid's pixels. Replace it in `standardize` by a model of your own. */
export type MaskModel = (image: Grid, options: { readonly mmPerPixel: number }) => Uint8Array;

/** Masks are found at about this pitch: fine enough for a skin line, coarse enough to forget noise. */
const workingMm = 0.5;

/** Bridges narrower than twice this are cut: labels, film borders and skin folds hang on by less, a breast by more. */
const openingMm = 4;

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
  return enlarge(mask, image, factor);
};

/** Each pixel of the mask becomes factor x factor pixels; what is left at the edges repeats the last. */
function enlarge(mask: Binary, size: { readonly rows: number; readonly columns: number }, factor: number): Uint8Array {
  const out = new Uint8Array(size.rows * size.columns);
  const line = new Uint8Array(size.columns);
  let ready = -1;
  for (let row = 0; row < size.rows; row++) {
    const from = Math.min(Math.floor(row / factor), mask.rows - 1);
    for (let column = 0; from !== ready && column < size.columns; column++)
      line[column] = mask.pixels[from * mask.columns + Math.min((column / factor) | 0, mask.columns - 1)]!;
    ready = from;
    out.set(line, row * size.columns);
  }
  return out;
}

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
  let below = 0;
  for (let level = 0; level < peak; level++) below += histogram[level]!;
  let noise = 0;
  if (below > 0) {
    let sum = 0;
    for (let level = 0; level < peak; level++) sum += histogram[level]! * (level - peak) ** 2;
    noise = Math.sqrt(sum / below);
  }
  const limit = Math.min(between, peak + Math.max(3 * noise, 0.15 * (between - peak), 8));
  return { rows: small.rows, columns: small.columns, pixels: above(small.levels, limit) };
}

function above(levels: Uint16Array, limit: number): Uint8Array {
  const pixels = new Uint8Array(levels.length);
  for (let at = 0; at < pixels.length; at++) if (levels[at]! > limit) pixels[at] = 1;
  return pixels;
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
  const radius = Math.max(1, Math.round(openingMm / mm));
  const { labels, regions } = regionsOf(morph(binary, radius, "erode"), 1);
  if (regions.length === 0) return { ...binary, pixels: new Uint8Array(binary.pixels.length) };
  const best = regions.reduce((found, region, index) => (region.size > regions[found]!.size ? index : found), 0) + 1;
  const core = new Uint8Array(labels.length);
  for (let at = 0; at < core.length; at++) if (labels[at] === best) core[at] = 1;
  const grown = morph({ ...binary, pixels: core }, radius + 1, "dilate").pixels;
  for (let at = 0; at < grown.length; at++) grown[at]! &= binary.pixels[at]!;
  return fillHoles({ ...binary, pixels: grown });
}
