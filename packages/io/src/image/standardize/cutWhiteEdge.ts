import type { Grid } from "@mammo/mammogram";
import { type Binary, fillHoles, morph, regionsOf } from "./binary.ts";

/** Film that the light box shone past is as white as the scanner knows: from this share of the image's highest brightness on, and then on to this one. */
const whiteShare = 0.96;
const pastWhite = 0.88;

/** A strip along the chest wall begins this near to the image's edge and is this deep at most; a bar or wedge at top or bottom may lie anywhere and is deeper. What is white farther in is tissue. */
const stripMm = { near: 5, deepest: 10 } as const;
const barMm = { near: 300, deepest: 25 } as const;

/** Behind the white the scanner's blur falls off over at most this. */
const blurMm = 2;

/** Shorter white along an edge is left: tissue may be that bright. */
const leastLengthMm = 10;

/** So far along an edge the deepest cut holds, so that grain leaves no teeth; bridges narrower than twice the second are cut behind it. */
const smoothMm = 3;
const openingMm = 2.5;

interface Line {
  /** The pixel at a depth from the image's edge. */
  readonly at: (step: number) => number;
  readonly length: number;
  readonly mm: number;
  readonly mask: Uint8Array;
  readonly image: Float32Array;
  readonly highest: number;
}

/**
 * Cuts the bare edges and corners of a scanned film from a mask: along each side of the image the lines whose outermost pixels in the mask are white, as deep as the white goes.
 * What hangs on by a thread after that goes too. Returns the mask itself where there is nothing to cut, as around digital images.
 *
 * Ours. Found so in CBIS-DDSM, where half of the films have such an edge.
 */
export function cutWhiteEdge(mask: Binary, image: Grid, mm: number): Binary {
  let highest = 0;
  for (let at = 0; at < image.pixels.length; at++) if (image.pixels[at]! > highest) highest = image.pixels[at]!;
  const pixels = mask.pixels.slice();
  const { rows, columns } = mask;
  let isCut = false;
  const cut = (lines: number, length: number, limits: typeof stripMm | typeof barMm, at: (line: number, step: number) => number): void => {
    const depths = new Int32Array(lines);
    for (let line = 0; line < lines; line++)
      depths[line] = whiteDepth({ at: (step) => at(line, step), length, mm, mask: mask.pixels, image: image.pixels, highest }, limits);
    if (depths.reduce((count, depth) => count + (depth > 0 ? 1 : 0), 0) * mm < leastLengthMm) return;
    isCut = true;
    const reach = Math.round(smoothMm / mm);
    for (let line = 0; line < lines; line++) {
      const depth = depths.subarray(Math.max(0, line - reach), line + reach + 1).reduce((deepest, one) => Math.max(deepest, one), 0);
      for (let step = 0; step < depth; step++) pixels[at(line, step)] = 0;
    }
  };
  cut(rows, columns, stripMm, (row, step) => row * columns + step);
  cut(rows, columns, stripMm, (row, step) => (row + 1) * columns - 1 - step);
  cut(columns, rows, barMm, (column, step) => step * columns + column);
  cut(columns, rows, barMm, (column, step) => (rows - 1 - step) * columns + column);
  return isCut ? withoutThreads({ ...mask, pixels }, Math.round(openingMm / mm)) : mask;
}

/** How many pixels of a line, from the image's edge inward, end with the white; 0 where its first pixels in the mask (1 mm) are not white or the white goes too deep. */
function whiteDepth({ at, length, mm, mask, image, highest }: Line, limits: { readonly near: number; readonly deepest: number }): number {
  const near = Math.min(length, Math.round(limits.near / mm));
  let step = 0;
  while (step < near && mask[at(step)] === 0) step++;
  let first = step;
  while (first < Math.min(length, step + 1 / mm) && image[at(first)]! < whiteShare * highest) first++;
  if (step === near || first >= Math.min(length, step + 1 / mm)) return 0;
  const deepest = Math.min(length - 1, step + Math.round(limits.deepest / mm));
  let last = first; // The last white pixel: between the edge and it there may be a darker seam.
  for (step = first; step <= deepest && (step - last) * mm <= 1; step++) if (image[at(step)]! >= pastWhite * highest) last = step;
  if (last >= deepest - 1) return 0;
  let end = last + 1;
  const blurred = Math.min(length - 1, end + Math.round(blurMm / mm));
  while (end < blurred && image[at(end)]! > image[at(end + 1)]! + 0.01 * highest) end++;
  return end;
}

/** The largest region of a mask once thin bridges are cut, with all of it that is thick. */
function withoutThreads(mask: Binary, radius: number): Binary {
  const { labels, regions } = regionsOf(morph(mask, radius, "erode"), 1);
  if (regions.length === 0) return mask;
  const best = regions.reduce((found, region, index) => (region.size > regions[found]!.size ? index : found), 0) + 1;
  const core = new Uint8Array(labels.length);
  for (let at = 0; at < core.length; at++) if (labels[at] === best) core[at] = 1;
  const pixels = morph({ ...mask, pixels: core }, radius + 1, "dilate").pixels;
  for (let at = 0; at < pixels.length; at++) pixels[at]! &= mask.pixels[at]!;
  return fillHoles({ ...mask, pixels });
}
