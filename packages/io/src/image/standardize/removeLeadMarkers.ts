import { type Box, type Grid, quantile } from "@mammo/mammogram";
import { type Binary, morph, regionsOf } from "./binary.ts";

/** Strokes of lead letters and rings are thinner than this, ... */
const strokeMm = 3;
/** ... reach at least as far as this in one direction, further than any single calcification, ... */
const leastExtentMm = 4;
/** ... and no further than a word. */
const mostExtentMm = 40;
/** Lead stops nearly all rays: a marker is as bright as this part of the image's brightest pixel, ... */
const brightShare = 0.9;
/** ... and brighter than what surrounds it by this part of the range. */
const contrast = 0.15;
/** Pixels at a stroke's edge are half lead. */
const edgeMm = 0.5;

/** An image without markers, and where they were. */
export interface Unmarked extends Grid {
  /** Around each marker that was removed, in pixels. */
  readonly markers: readonly Box[];
}

/**
 * Finds what is bright, thin, long and sharply above its surroundings (letters, rings and wires of lead, on the skin or beside the breast) and fills it with the median of
 * its surroundings; what is 0, outside the breast, stays 0. `pixels` of the result are a copy.
 *
 * By shape alone, so an estimate: a bead of lead under 4 mm looks like a calcification and stays; a clip, a wire or a calcified vessel goes. Ours.
 *
 * @throws RangeError for mmPerPixel not above 0.
 * @example const { markers } = removeLeadMarkers(image, { mmPerPixel: image.mmPerPixel });
 */
export function removeLeadMarkers({ pixels, rows, columns }: Grid, { mmPerPixel }: { readonly mmPerPixel: number }): Unmarked {
  if (!(mmPerPixel > 0)) throw new RangeError(`Expected mmPerPixel above 0, got ${mmPerPixel}`);
  const across = (mm: number) => Math.max(1, Math.round(mm / mmPerPixel));
  const [isBright, wide] = brightParts({ pixels, rows, columns }, across(strokeMm / 2));
  const thin = { ...isBright, pixels: isBright.pixels.slice() };
  for (let at = 0; at < thin.pixels.length; at++) if (wide.pixels[at] === 1) thin.pixels[at] = 0;
  const { labels, regions } = regionsOf(joinedAtCorners(thin), 1);
  const boxes = boxesOf(labels, regions.length, { rows, columns });
  const cleaned = pixels.slice();
  const markers: Box[] = [];
  for (const [index, box] of boxes.entries()) {
    const extent = Math.max(box.bottom - box.top, box.right - box.left);
    if (extent < leastExtentMm / mmPerPixel || extent > mostExtentMm / mmPerPixel) continue;
    // Only what lies near it is looked at: the marker with its edges, and the ring of a millimeter around these.
    const [edge, ring] = [across(edgeMm), across(1)];
    const around = grown(box, edge + ring + 1, { rows, columns });
    const own = cut({ labels, columns }, around, (label) => label === index + 1);
    const marker = morph(own, edge, "dilate");
    const outer = morph(marker, ring, "dilate");
    const placeOf = (at: number) => (around.top + Math.floor(at / own.columns)) * columns + around.left + (at % own.columns);
    const beside: number[] = [];
    const inside: number[] = [];
    for (let at = 0; at < own.pixels.length; at++) {
      const place = placeOf(at);
      if (thin.pixels[place] === 1 && own.pixels[at] === 1) inside.push(pixels[place]!);
      else if (outer.pixels[at] === 1 && marker.pixels[at] === 0) beside.push(pixels[place]!);
    }
    const level = median(beside);
    if (!(median(inside) - level >= contrast)) continue;
    for (let at = 0; at < own.pixels.length; at++) {
      const place = placeOf(at);
      if (marker.pixels[at] === 1 && pixels[place] !== 0) cleaned[place] = level;
    }
    markers.push(box);
  }
  return { pixels: cleaned, rows, columns, markers };
}

/** What is about as bright as the brightest pixel, and the part of it that a square of 2 radius + 1 pixels fits into. */
function brightParts({ pixels, rows, columns }: Grid, radius: number): readonly [bright: Binary, wide: Binary] {
  let brightest = 0;
  for (let at = 0; at < pixels.length; at++) if (pixels[at]! > brightest) brightest = pixels[at]!;
  const bright = { pixels: new Uint8Array(pixels.length), rows, columns };
  const least = brightShare * brightest;
  if (brightest > 0) for (let at = 0; at < pixels.length; at++) if (pixels[at]! >= least) bright.pixels[at] = 1;
  return [bright, morph(morph(bright, radius, "erode"), radius, "dilate")];
}

/** With the pixel between two that touch at a corner: then regions of 4-connected pixels hold whole strokes. A pixel wider all around would join the grains of a cluster. */
function joinedAtCorners({ pixels, rows, columns }: Binary): Binary {
  const joined = pixels.slice();
  for (let row = 1; row < rows; row++)
    for (let column = 1, at = row * columns + 1; column < columns; column++, at++) {
      const [above, left, corner] = [pixels[at - columns]!, pixels[at - 1]!, pixels[at - columns - 1]!];
      if (above === 1 && left === 1) joined[at] = 1;
      if (corner === 1 && pixels[at] === 1) joined[at - 1] = 1;
    }
  return { pixels: joined, rows, columns };
}

function boxesOf(labels: Int32Array, count: number, { rows, columns }: Pick<Grid, "rows" | "columns">): Box[] {
  const boxes = Array.from({ length: count }, () => ({ top: rows, left: columns, bottom: 0, right: 0 }));
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) {
      if (labels[at] === 0) continue;
      const box = boxes[labels[at]! - 1]!;
      box.top = Math.min(box.top, row);
      box.left = Math.min(box.left, column);
      box.bottom = Math.max(box.bottom, row + 1);
      box.right = Math.max(box.right, column + 1);
    }
  return boxes;
}

const grown = ({ top, left, bottom, right }: Box, by: number, { rows, columns }: Pick<Grid, "rows" | "columns">): Box => ({
  top: Math.max(0, top - by),
  left: Math.max(0, left - by),
  bottom: Math.min(rows, bottom + by),
  right: Math.min(columns, right + by),
});

function cut(
  { labels, columns }: { readonly labels: Int32Array; readonly columns: number },
  { top, left, bottom, right }: Box,
  isInside: (label: number) => boolean,
): Binary {
  const width = right - left;
  const pixels = new Uint8Array((bottom - top) * width);
  for (let at = 0; at < pixels.length; at++) if (isInside(labels[(top + Math.floor(at / width)) * columns + left + (at % width)]!)) pixels[at] = 1;
  return { pixels, rows: bottom - top, columns: width };
}

const median = (values: readonly number[]): number => quantile(Float32Array.from(values).sort(), 0.5);
