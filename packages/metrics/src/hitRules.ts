import { fault } from "./checkCases.ts";

/** A box in pixels, half-open. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How well a mark hits a true lesion: 0 for a miss, else the larger the better. */
export type HitRule = (mark: Box, truth: Box) => number;

/** A hit when intersection over union is at least `minimum`, in (0, 1]. Throws RangeError for another minimum. */
export function overlapRule(minimum: number): HitRule {
  if (!(minimum > 0 && minimum <= 1)) throw fault("minimum in (0, 1]", minimum);
  return (mark, truth) => {
    const height = Math.min(mark.bottom, truth.bottom) - Math.max(mark.top, truth.top);
    const width = Math.min(mark.right, truth.right) - Math.max(mark.left, truth.left);
    if (height <= 0 || width <= 0) return 0;
    const overlap = (height * width) / (area(mark) + area(truth) - height * width);
    return overlap >= minimum ? overlap : 0;
  };
}

/** A hit when the centre of the mark lies in the true box (its border counts). */
export function centreInBoxRule(): HitRule {
  return (mark, truth) => {
    const { row, column } = centre(mark);
    const inside = row >= truth.top && row <= truth.bottom && column >= truth.left && column <= truth.right;
    return inside ? 1 / (1 + distance(mark, truth)) : 0;
  };
}

/**
 * DBTex's rule (SPIE-AAPM-NCI DBTex challenge, documented): a hit when the centres are nearer than half the diagonal of the true box or
 * `pixels`, whichever is more. Default 100 pixels.
 */
export function centreDistanceRule({ pixels = 100 }: { readonly pixels?: number } = {}): HitRule {
  if (!(pixels >= 0)) throw fault("pixels >= 0", pixels);
  return (mark, truth) => {
    const reach = Math.max(Math.hypot(truth.bottom - truth.top, truth.right - truth.left) / 2, pixels);
    const far = distance(mark, truth);
    return far < reach ? 1 / (1 + far) : 0;
  };
}

const area = (box: Box) => (box.bottom - box.top) * (box.right - box.left);
const centre = (box: Box) => ({ row: (box.top + box.bottom) / 2, column: (box.left + box.right) / 2 });

function distance(a: Box, b: Box): number {
  const [from, to] = [centre(a), centre(b)];
  return Math.hypot(from.row - to.row, from.column - to.column);
}
