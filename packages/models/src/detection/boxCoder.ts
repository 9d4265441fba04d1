import { add, concat, exp, minimum, mul, split, sub, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { boxCount } from "./flatBoxes.ts";

/** Offsets of size beyond this are cut when decoded, so that none overflows: boxes are at most 62.5 times their anchor. Documented (Detectron). */
const largestGrowth = Math.log(1000 / 16);

/**
 * Boxes [N, 4] as seen from their anchors [N, 4] -> offsets [N, 4]: (row, column) of the center in sides of the anchor, ln of height and width over the
 * anchor's. Source: Girshick et al. 2014, appendix C; re-implementation, in our order of axes.
 *
 * @throws RangeError for another number of boxes than of anchors.
 */
export function encodeBoxes(anchors: Float32Array, boxes: Float32Array): Float32Array {
  const count = requireSameCount(anchors, boxes, "boxes");
  const offsets = new Float32Array(4 * count);
  for (let at = 0; at < offsets.length; at += 4)
    for (const axis of [0, 1]) {
      const [from, to] = [at + axis, at + axis + 2];
      const side = anchors[to]! - anchors[from]!;
      offsets[from] = (boxes[from]! + boxes[to]! - anchors[from]! - anchors[to]!) / 2 / side;
      offsets[to] = Math.log((boxes[to]! - boxes[from]!) / side);
    }
  return offsets;
}

/** Offsets [N, 4] of anchors [N, 4] -> boxes [N, 4]; undoes `encodeBoxes`. */
export function decodeBoxes(anchors: Float32Array, offsets: Float32Array): Float32Array {
  const count = requireSameCount(anchors, offsets, "offsets");
  const boxes = new Float32Array(4 * count);
  for (let at = 0; at < boxes.length; at += 4)
    for (const axis of [0, 1]) {
      const [from, to] = [at + axis, at + axis + 2];
      const side = anchors[to]! - anchors[from]!;
      const center = (anchors[from]! + anchors[to]!) / 2 + offsets[from]! * side;
      const half = (side * Math.exp(Math.min(offsets[to]!, largestGrowth))) / 2;
      boxes[from] = center - half;
      boxes[to] = center + half;
    }
  return boxes;
}

/** `decodeBoxes` on tensors, for losses of boxes: anchors [A, 4], offsets [B, A, 4] or [A, 4] -> boxes of the shape of the offsets. Gradients flow. */
export function decodeOffsets<T extends Tensor>(anchors: Tensor, offsets: T): T {
  return tidy(() => {
    const [top, left, bottom, right] = split(anchors, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
    const [down, across, higher, wider] = split(offsets, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
    const along = (from: Tensor, to: Tensor, move: Tensor, growth: Tensor) => {
      const side = sub(to, from);
      const center = add(mul(add(from, to), 0.5), mul(move, side));
      const half = mul(mul(side, exp(minimum(growth, largestGrowth))), 0.5);
      return [sub(center, half), add(center, half)] as const;
    };
    const [[y0, y1], [x0, x1]] = [along(top, bottom, down, higher), along(left, right, across, wider)];
    return concat([y0, x0, y1, x1], -1) as T;
  });
}

function requireSameCount(anchors: Float32Array, others: Float32Array, name: string): number {
  const count = boxCount(anchors, "anchors");
  if (others.length !== anchors.length) throw new RangeError(`Expected ${count} ${name}, one for each anchor, got ${others.length / 4}.`);
  return count;
}
