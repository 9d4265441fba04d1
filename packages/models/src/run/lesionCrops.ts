import { type Box, boxCenter, type Grid, type Point, requireExtent, requireKnownKeys } from "@mammo/mammogram";
import { type Crop, type CropOptions, crop, type StoredGrid } from "./crop.ts";

/** How much a crop of a lesion shows, and how it is turned. */
export interface CropAroundOptions extends Pick<CropOptions, "angle" | "shear" | "flipRows" | "flipColumns"> {
  /** Of the longer side of the box. */
  readonly times: number;
  /** Pixels of the crop's sides. */
  readonly side: number;
  /** Default: the box's. */
  readonly center?: Point;
}

/**
 * A square crop about a lesion, as wide as `times` the longer side of its box and `side` pixels large: what CaracNet and CaracNetSymmetry see. Ours.
 *
 * @throws RangeError for a box without extent, and as `crop` does; TypeError for what is no box.
 * @example
 * const fine = cropAround(image, box, { times: fineTimes, side: 224 });
 */
export function cropAround(image: Grid | StoredGrid, box: Box, options: CropAroundOptions, into?: Float32Array): Crop {
  requireKnownKeys("cropAround", options, { times: true, side: true, center: true, angle: true, shear: true, flipRows: true, flipColumns: true });
  const { times, side, center, ...turn } = options;
  requireExtent(box, "the box");
  const longer = Math.max(box.bottom - box.top, box.right - box.left);
  return crop(image, { ...turn, center: center ?? boxCenter(box), rows: side, columns: side, scale: side / (times * longer) }, into);
}

/** How much of its surroundings CaracNet's fine crop shows, in longer sides of the box. Ours. */
export const fineTimes = 1.25;

/** The same of its context crop, and of CaracNetSymmetry's crops. Ours. */
export const contextTimes = 2.5;
