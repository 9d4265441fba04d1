import { type Box, boxCenter, iou, requireExtent, requireKnownKeys } from "@mammo/mammogram";
import { rangeError } from "../cases/checkCases.ts";

/** How well a mark hits a true lesion: 0 for a miss, else the larger the better. The rules here throw RangeError for boxes without extent. */
export type HitRule<B extends Box = Box> = (mark: B, truth: B) => number;

/**
 * A hit when intersection over union is at least `minimum`, in (0, 1].
 *
 * @throws RangeError for another minimum.
 */
export function overlapRule(minimum: number): HitRule {
  if (!(minimum > 0 && minimum <= 1)) throw rangeError("minimum in (0, 1]", minimum);
  return ofBoxes((mark, truth) => {
    const overlap = iou(mark, truth);
    return overlap >= minimum ? overlap : 0;
  });
}

/** A hit when the center of the mark lies in the true box (its border counts). */
export function centerInBoxRule(): HitRule {
  return ofBoxes((mark, truth) => {
    const [row, column] = boxCenter(mark);
    const inside = row >= truth.top && row <= truth.bottom && column >= truth.left && column <= truth.right;
    return inside ? 1 / (1 + distance(mark, truth)) : 0;
  });
}

/**
 * A hit when the centers are no further apart than half the diagonal of the true box or `pixels` (default 100), whichever is more: DBTex's rule for one
 * image (re-implementation); for its volumes see `dbtexRule`.
 *
 * @throws RangeError for negative pixels.
 */
export function centerDistanceRule(options: { readonly pixels?: number } = {}): HitRule {
  requireKnownKeys("centerDistanceRule", options, { pixels: true });
  const { pixels = 100 } = options;
  if (!(pixels >= 0)) throw rangeError("pixels >= 0", pixels);
  return ofBoxes((mark, truth) => {
    const reach = Math.max(Math.hypot(truth.bottom - truth.top, truth.right - truth.left) / 2, pixels);
    const far = distance(mark, truth);
    return far <= reach ? 1 / (1 + far) : 0;
  });
}

/** A rule that refuses boxes without extent: a NaN or a swapped corner would be a silent miss. */
export const ofBoxes =
  <B extends Box>(rule: HitRule<B>): HitRule<B> =>
  (mark, truth) =>
    rule(requireExtent(mark, "mark"), requireExtent(truth, "truth"));

function distance(a: Box, b: Box): number {
  const [from, to] = [boxCenter(a), boxCenter(b)];
  return Math.hypot(from[0] - to[0], from[1] - to[1]);
}
