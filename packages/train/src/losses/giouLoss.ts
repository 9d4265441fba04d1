import { add, div, maximum, minimum, mul, relu, type Scalar, split, squeeze, sub, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** Keeps boxes without area finite; torchvision's. */
const epsilon = 1e-7;

/**
 * 1 − GIoU of boxes, both [..., 4] as top, left, bottom, right: the sum over the matched ones (1 in `matched` [...]), divided by their number (at least 1).
 * GIoU is the IoU less the share of the smallest common box that neither covers. Source: Rezatofighi et al. 2019; re-implementation.
 */
export function giouLoss(targets: Tensor, boxes: Tensor, matched: Tensor): Scalar {
  return tidy(() => {
    const sides = (of: Tensor) => split(of, 4, -1).map((side) => squeeze(side, [-1])) as [Tensor, Tensor, Tensor, Tensor];
    const [t0, l0, b0, r0] = sides(targets);
    const [t1, l1, b1, r1] = sides(boxes);
    const area = (t: Tensor, l: Tensor, b: Tensor, r: Tensor) => mul(sub(b, t), sub(r, l));
    const overlap = mul(relu(sub(minimum(b0, b1), maximum(t0, t1))), relu(sub(minimum(r0, r1), maximum(l0, l1))));
    const union = sub(add(area(t0, l0, b0, r0), area(t1, l1, b1, r1)), overlap);
    const around = area(minimum(t0, t1), minimum(l0, l1), maximum(b0, b1), maximum(r0, r1));
    const giou = sub(div(overlap, add(union, epsilon)), div(sub(around, union), add(around, epsilon)));
    return div<Scalar>(sum(mul(sub(1, giou), matched)), maximum(sum(matched), 1));
  });
}
