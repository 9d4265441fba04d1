import { add, concat, mul, reshape, split, sub, type Tensor, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";
import { requireImages } from "../requireImages.ts";

/** Both breasts of a woman in one view, or a crop of each: images of one size, chest wall at column 0 in both. */
export interface Pair {
  /** [B, H, W, 1] in [0, 1]; of an absent side any numbers, zeros for instance. */
  readonly left: Tensor4D;
  readonly right: Tensor4D;
  /** [B, 2] with 1 where the left and the right are there, 0 where one is missing. */
  readonly present: Tensor2D;
}

/**
 * Refuses what is no batch of pairs.
 *
 * @throws RangeError for no pair, sides of different shapes, or flags that are not [B, 2].
 */
export function requirePair(pair: Pair): void {
  requireImages(pair.left);
  requireSameSides(pair);
}

/** The same for features of both sides, whatever their channels. */
export function requireSameSides({ left, right, present }: Pair): void {
  if (left.shape.join() !== right.shape.join())
    throw new RangeError(`Expected left and right of one shape, got [${left.shape.join(", ")}] and [${right.shape.join(", ")}].`);
  if (present.shape.join() !== `${left.shape[0]},2`)
    throw new RangeError(`Expected flags [${left.shape[0]}, 2] of what is present, got [${present.shape.join(", ")}].`);
}

/**
 * One batch of both sides, all left ones first: [2B, H, W, 1]. An absent side shows the other one's pixels, so that batch norm sees no black image; what
 * comes of them is replaced by `otherSide`.
 */
export function bothSides({ left, right, present }: Pair): Tensor4D {
  const [hasLeft, hasRight] = flags(present, 4) as [Tensor4D, Tensor4D];
  const shown = (own: Tensor4D, has: Tensor4D, other: Tensor4D) => add<Tensor4D>(mul(own, has), mul(other, sub(1, has)));
  return concat([shown(left, hasLeft, right), shown(right, hasRight, left)], 0);
}

/**
 * For each of [2B, ...] that of the other breast: left and right swapped. Where that breast is absent, `nothing`, which is learned and broadcast, stands in.
 * `missing` is 1 there, [2B, 1].
 */
export function otherSide<T extends Tensor>(features: T, present: Tensor2D, nothing: Tensor): { readonly other: T; readonly missing: Tensor2D } {
  const [left, right] = split(features, 2, 0) as [T, T];
  const [hasLeft, hasRight] = flags(present, features.rank);
  const there = concat([hasRight!, hasLeft!], 0);
  const missing = sub<T>(1, there);
  const swapped = concat([right, left] as Tensor[], 0);
  return {
    // Broadcast by the sum: the gradient of `broadcastTo` is a slice for each of the copies, minutes a step.
    other: add(mul(swapped, there), mul(nothing, missing)) as T,
    missing: reshape(missing, [-1, 1]),
  };
}

/** One number for each of [2B, 1], all left ones first -> [B, 2]. */
export function sideBySide(values: Tensor2D): Tensor2D {
  return concat(split<Tensor2D>(values, 2, 0), 1);
}

/** The flags of left and right, each [B, 1, 1, …] of the rank. */
function flags(present: Tensor2D, rank: number): Tensor[] {
  const shape = [present.shape[0], ...new Array<number>(rank - 1).fill(1)];
  return split(present, 2, 1).map((one) => reshape(one, shape));
}
