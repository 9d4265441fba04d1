import type { Binary } from "./binary.ts";
import { chestWallSide, maskBox } from "./chestWall.ts";

/** Upward from here, as a share of the breast's height, its outline is followed: the nipple lies lower. */
const upperShare = 0.25;

/**
 * Cuts what sticks out of the upper breast: from row to row upward the outline may move away from the chest wall by one pixel, 45 degrees. The axilla opens less than that; labels that touch the skin leap.
 *
 * Ours.
 */
export function cutOverhang(mask: Binary): Binary {
  const box = maskBox(mask);
  if (box === undefined) return mask;
  const { columns } = mask;
  const isLeft = chestWallSide(mask, box).side === "left";
  const pixels = mask.pixels.slice();
  const start = box.top + Math.round(upperShare * (box.bottom - box.top));
  const reachOf = (row: number): number => {
    const line = pixels.subarray(row * columns, (row + 1) * columns);
    if (isLeft) return line.lastIndexOf(1) + 1;
    const first = line.indexOf(1);
    return first < 0 ? 0 : columns - first;
  };
  let reach = reachOf(start);
  for (let row = start - 1; row >= box.top; row--) {
    const limit = reach + 1;
    if (isLeft) pixels.fill(0, row * columns + Math.min(limit, columns), (row + 1) * columns);
    else pixels.fill(0, row * columns, row * columns + Math.max(columns - limit, 0));
    reach = reachOf(row);
  }
  return { ...mask, pixels };
}
