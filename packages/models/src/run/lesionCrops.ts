import { type Box, boxCenter, type Grid, type Point } from "@mammo/mammogram";
import { type Crop, crop, type StoredGrid } from "./crop.ts";

/** A square crop about a point, as wide as `times` the longer side of the box and `side` pixels large. Ours. */
export function cropAround(
  image: Grid | StoredGrid,
  box: Box,
  { times, side, center = boxCenter(box) }: { times: number; side: number; center?: Point },
): Crop {
  const longer = Math.max(box.bottom - box.top, box.right - box.left);
  return crop(image, { center, rows: side, columns: side, scale: side / (times * longer) });
}

/** How much of the surroundings a fine crop and a context crop show, in sides of the box. Ours. */
export const fineTimes = 1.25;
export const contextTimes = 2.5;
