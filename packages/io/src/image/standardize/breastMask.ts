import type { Grid } from "@mammo/mammogram";
import { type Binary, countOnes, fillHoles, morph, regionsOf } from "./binary.ts";
import { maskBox } from "./chestWall.ts";
import { cutFilmEdge } from "./cutFilmEdge.ts";
import { cutOverhang } from "./cutOverhang.ts";

/** Marks the breast: 1 inside, 0 outside, same length as the grid's pixels. Replace it in `standardize` by a model of your own. */
export type MaskModel = (image: Grid, options: { readonly mmPerPixel: number }) => Uint8Array;

/** Masks are found at about this pitch: fine enough for a skin line, coarse enough to forget noise. */
const workingMm = 0.5;

/** Brightness is looked at in so many levels, up to the grid's robust maximum. */
const levelCount = 512;

/** The background's peak ends where it has fallen to this part of its height. */
const footFraction = 0.05;

/** Where the outline is soft, the limit lies this part of the way from the background's peak to Otsu's level. Of 0.05 to 1, best on both halves of the DDSM tissue masks. */
const softFraction = 0.2;

/** An outline is sharp if three quarters of what lies 2 to 4 mm inside of it are brighter than this part of the same way: 0.6 and more in digital images, below 0.4 in films. */
const sharpFraction = 0.5;

/** A rim of skin makes a breast larger by at most this: up to 1.045 in invented digital images, the fog of films mostly adds more. */
const rimShare = 1.05;

/** Bridges narrower than twice this are cut: labels, film borders and skin folds hang on by less, a breast by more. */
const openingMm = 4;

/**
 * The breast by threshold and shape: brighter than the background's own noise, the largest region once thin bridges to labels and borders are cut, holes filled.
 *
 * Empty (all 0) where nothing stands out. Ours.
 *
 * @throws RangeError for mm per pixel that are not above 0.
 */
export const breastMask: MaskModel = (image, { mmPerPixel }) => {
  if (!(mmPerPixel > 0)) throw new RangeError(`Expected mmPerPixel above 0, got ${mmPerPixel}`);
  const factor = Math.max(1, Math.round(workingMm / mmPerPixel));
  const small = shrink(image, factor);
  const mm = mmPerPixel * factor;
  const mask = cutOverhang(cutFilmEdge(outline(small, mm), small, mm));
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

/** Means of factor x factor blocks, then of 3 x 3 of those, as integer levels; the brightest thousandth counts as one level. */
function shrink(image: Grid, factor: number): Levels {
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
  const brightest = histogramQuantile(sums, 0.999) || 1;
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
      levels[at + column] = Math.min(levelCount - 1, Math.max(0, (sum / (9 * brightest)) * levelCount));
    }
  }
  return { levels, rows, columns };
}

/** Of non-negative values, to one part in 4096 of their maximum. */
function histogramQuantile(values: Float32Array, q: number): number {
  let max = 0;
  for (let at = 0; at < values.length; at++) if (values[at]! > max) max = values[at]!;
  const histogram = new Uint32Array(4096);
  const scale = max > 0 ? 4095 / max : 0;
  for (let at = 0; at < values.length; at++) histogram[(Math.max(values[at]!, 0) * scale) | 0]!++;
  let left = q * values.length;
  let bin = 0;
  while (bin < 4095 && (left -= histogram[bin]!) > 0) bin++;
  return ((bin + 1) / 4096) * max;
}

interface Levels {
  readonly levels: Uint16Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Digital images have an exact background and a skin line that leaps from it: there the limit is where the background ends, or dark fat would be lost.
 * Fat next to the chest wall may be as black as the background: what the skin encloses against one side of the image is breast.
 * On film the skin fades into the background's noise: there the limit is higher.
 */
function outline(small: Levels, mm: number): Binary {
  const histogram = new Uint32Array(levelCount);
  for (let at = 0; at < small.levels.length; at++) histogram[small.levels[at]!]!++;
  const between = otsu(histogram);
  let peak = 0; // The background is the commonest level below Otsu's.
  for (let level = 1; level <= between; level++) if (histogram[level]! > histogram[peak]!) peak = level;
  let foot = peak + 1;
  while (foot < between && histogram[foot]! > footFraction * histogram[peak]!) foot++;
  const soft = peak + softFraction * (between - peak);
  const loose = largestRegion(fillHoles(above(small, Math.min(foot, soft)), { openSides: true }), mm, { openSides: true });
  const isSharp = rimLevel(small, loose, mm) > peak + sharpFraction * (between - peak);
  if (isSharp && !isRectangle(loose)) return loose;
  const tight = largestRegion(above(small, soft), mm);
  // Around an exact background both limits may find the same breast but for a rim: that rim is skin.
  return foot === peak + 1 && countOnes(loose.pixels) <= rimShare * countOnes(tight.pixels) ? loose : tight;
}

/** A whole film with its border fills its box; a breast leaves the corners free. */
function isRectangle(mask: Binary): boolean {
  const box = maskBox(mask);
  return box !== undefined && countOnes(mask.pixels) > 0.93 * (box.bottom - box.top) * (box.right - box.left);
}

/** The lower quartile of the levels that lie 2 to 4 mm inside of a mask. */
function rimLevel(small: Levels, mask: Binary, mm: number): number {
  const outer = morph(mask, Math.round(2 / mm), "erode").pixels;
  const inner = morph(mask, Math.round(4 / mm), "erode").pixels;
  const rim: number[] = [];
  for (let at = 0; at < outer.length; at++) if (outer[at] === 1 && inner[at] === 0) rim.push(small.levels[at]!);
  return Uint16Array.from(rim).sort()[rim.length >> 2] ?? 0;
}

function above({ levels, rows, columns }: Levels, limit: number): Binary {
  const pixels = new Uint8Array(levels.length);
  for (let at = 0; at < pixels.length; at++) if (levels[at]! > limit) pixels[at] = 1;
  return { pixels, rows, columns };
}

/** The level that splits a histogram with the greatest variance between the two sides (Otsu 1979). */
function otsu(histogram: Uint32Array): number {
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

function largestRegion(binary: Binary, mm: number, options: { readonly openSides?: boolean } = {}): Binary {
  const radius = Math.max(1, Math.round(openingMm / mm));
  const { labels, regions } = regionsOf(morph(framed(binary), radius, "erode"), 1);
  if (regions.length === 0) return { ...binary, pixels: new Uint8Array(binary.pixels.length) };
  const best = regions.reduce((found, region, index) => (region.size > regions[found]!.size ? index : found), 0) + 1;
  const core = new Uint8Array(labels.length);
  for (let at = 0; at < core.length; at++) if (labels[at] === best) core[at] = 1;
  const grown = morph({ ...binary, pixels: core }, radius + 1, "dilate").pixels;
  for (let at = 0; at < grown.length; at++) grown[at]! &= binary.pixels[at]!;
  return fillHoles({ ...binary, pixels: grown }, options);
}

/** With its outermost pixels 0: a strip along the image's edge is as thin as it looks. */
function framed({ pixels, rows, columns }: Binary): Binary {
  const inner = pixels
    .slice()
    .fill(0, 0, columns)
    .fill(0, (rows - 1) * columns);
  for (let row = 0; row < rows; row++) inner[row * columns] = inner[(row + 1) * columns - 1] = 0;
  return { pixels: inner, rows, columns };
}
