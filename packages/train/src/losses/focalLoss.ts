import { requireKnownKeys } from "@mammo/mammogram";
import { abs, add, customGrad, div, exp, log, maximum, mul, relu, type Scalar, sub, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** How a focal loss weighs. */
export interface FocalOptions {
  /** Weight of the positives, 1 − alpha of the negatives, in [0, 1]; default 0.25. */
  readonly alpha?: number;
  /** How fast the weight of easy ones falls, at least 0; default 2. */
  readonly gamma?: number;
  /** 1 for what counts, 0 for what does not: of the shape of the targets, or one that broadcasts to it. Default: all count. */
  readonly counted?: Tensor;
}

/**
 * Sigmoid focal loss: the sum of −α (1 − p)^γ ln p, p being the probability of what is so, over the number of positives (at least 1). Targets are 0 or 1, of
 * the shape of the logits, such as [B, A, K]. Source: Lin et al. 2017, eq. 5; re-implementation.
 *
 * Its gradient is written out, since the stock one keeps a map for each of a dozen operations.
 *
 * @throws RangeError for targets of another shape, alpha outside [0, 1] and gamma below 0.
 */
export function focalLoss(targets: Tensor, logits: Tensor, options: FocalOptions = {}): Scalar {
  requireKnownKeys("focalLoss", options, { alpha: true, gamma: true, counted: true });
  const { alpha = 0.25, gamma = 2, counted } = options;
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`Expected alpha in [0, 1], got ${alpha}.`);
  if (!(gamma >= 0 && gamma < Infinity)) throw new RangeError(`Expected gamma of at least 0, got ${gamma}.`);
  if (targets.shape.join() !== logits.shape.join())
    throw new RangeError(`Expected targets of the shape [${logits.shape.join(", ")}] of the logits, got [${targets.shape.join(", ")}].`);
  const operation = customGrad((z, save) => {
    const sign = sub(mul(targets, 2), 1);
    const signed = mul(z as Tensor, sign);
    const all = add(mul(targets, 2 * alpha - 1), 1 - alpha);
    const weights = counted ? mul(all, counted) : all;
    const positives = maximum(sum(counted ? mul(targets, counted) : targets), 1);
    const miss = softplus(mul(signed, -1)); // −ln p
    const easy = exp(mul(softplus(signed), -gamma)); // (1 − p)^γ, since −ln(1 − p) is the other softplus
    const weighted = div(mul(weights, easy), positives);
    const value = sum<Scalar>(mul(weighted, miss));
    (save as (tensors: unknown[]) => void)([weighted, miss, sign]);
    const gradFunc = (dy: Scalar, saved: unknown) =>
      tidy(() => {
        const [weighted, miss, sign] = saved as [Tensor, Tensor, Tensor];
        const p = exp(mul(miss, -1));
        // d/dz of (1 − p)^γ · −ln p, along the sign of z: (1 − p)^γ (γ p ln p − (1 − p))
        const slope = sub(p, add(1, mul(mul(p, miss), gamma)));
        return mul(mul(mul(weighted, slope), sign), dy);
      });
    return { value, gradFunc: gradFunc as never };
  });
  return tidy(() => operation(logits) as Scalar);
}

/** ln(1 + e^x) without overflow. */
const softplus = (x: Tensor) => add(relu(x), log(add(1, exp(mul(abs(x), -1)))));
