import { requireKnownKeys } from "@mammo/mammogram";
import { abs, div, expandDims, maximum, minimum, mul, type Scalar, square, sub, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";

/**
 * Smooth-L1 between offsets, both [..., 4]: the sum of d² / 2β below β and |d| − β / 2 above, over the matched ones (1 in `matched` [...]) and divided
 * by their number (at least 1). Source: Girshick 2015, eq. 3; β of 1/9 as in Detectron. Re-implementation.
 *
 * @throws RangeError for a beta that is not above 0.
 */
export function smoothL1Loss(targets: Tensor, offsets: Tensor, matched: Tensor, options: { readonly beta?: number } = {}): Scalar {
  requireKnownKeys("smoothL1Loss", options, { beta: true });
  const { beta = 1 / 9 } = options;
  if (!(beta > 0)) throw new RangeError(`Expected beta above 0, got ${beta}.`);
  return tidy(() => {
    const distance = abs(sub(offsets, targets));
    // With m = min(d, β): m (d − m / 2) / β is the square below β and the line above.
    const near = minimum(distance, beta);
    const each = div(sub(mul(near, distance), div(square(near), 2)), beta);
    return div<Scalar>(sum(mul(each, expandDims(matched, -1))), maximum(sum(matched), 1));
  });
}
