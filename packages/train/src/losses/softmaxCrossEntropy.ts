import { requireKnownKeys } from "@mammo/mammogram";
import {
  add,
  all,
  cast,
  customGrad,
  div,
  exp,
  greaterEqual,
  less,
  log,
  logicalAnd,
  max,
  mul,
  neg,
  oneHot,
  reshape,
  type Scalar,
  scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
} from "@tensorflow/tfjs-core";
import { type LabelRule, requireLabels } from "./requireLabels.ts";
import { requireSameSize } from "./requireSameSize.ts";

const classesBelow = (kinds: number): LabelRule => ({
  expected: `classes from 0 to ${kinds - 1}`,
  accepts: (value) => Number.isInteger(value) && value >= 0 && value < kinds,
  acceptsAll: (classes) => all(logicalAnd(greaterEqual(classes, 0), less(classes, kinds))),
});

/** How classes count. */
export interface SoftmaxOptions {
  /** Share of the target that is spread evenly over all classes (Szegedy et al. 2016, section 7). Default 0. */
  readonly smoothing?: number;
  /** Of each class, for rare ones; the mean is weighted by the classes that came. Default 1 each. */
  readonly weights?: readonly number[];
}

/**
 * Mean over the batch of the cross-entropy of a softmax: classes [B] int32 in [0, K), logits [B, K] or [B, 1, 1, K], as a detector gives for patches.
 *
 * Smoothing and weights as in PyTorch's `cross_entropy` (re-implementation).
 *
 * @throws RangeError for another number of classes than of logit rows, a smoothing outside [0, 1), other than K weights or one below 0, or a class outside [0, K); on WebGPU, where reading it would stall, the loss is
 * NaN then.
 */
export function softmaxCrossEntropy(classes: Tensor1D, logits: Tensor, options: SoftmaxOptions = {}): Scalar {
  requireKnownKeys("softmaxCrossEntropy", options, { smoothing: true, weights: true });
  const { smoothing = 0, weights } = options;
  const kinds = logits.shape[logits.shape.length - 1]!;
  const count = logits.size / kinds;
  requireSameSize(classes.size, count, "classes");
  if (!(smoothing >= 0 && smoothing < 1)) throw new RangeError(`Expected smoothing in [0, 1), got ${smoothing}.`);
  if (weights && !(weights.length === kinds && weights.every((weight) => weight >= 0 && weight < Infinity)))
    throw new RangeError(`Expected ${kinds} weights >= 0, got ${weights.join(", ")}.`);
  const checked = requireLabels(classes, classesBelow(kinds));
  const flat = reshape(logits, [count, kinds]) as Tensor2D;
  // wasm's float oneHot is all but zero: cast it afterwards.
  const hot = cast(oneHot(classes, kinds), "float32") as Tensor2D;
  const spread = smoothing === 0 ? hot : (add(mul(hot, 1 - smoothing), smoothing / kinds) as Tensor2D);
  const targets = weights ? (mul(spread, tensor1d([...weights])) as Tensor2D) : spread;
  const total: Scalar = weights ? sum(mul(hot, tensor1d([...weights]))) : scalar(count);
  const op = customGrad((z, save) => {
    const shifted = sub(z as Tensor2D, max(z as Tensor2D, 1, true));
    const logProbabilities = sub(shifted, log(sum(exp(shifted), 1, true)));
    (save as (tensors: unknown[]) => void)([logProbabilities, targets, total]);
    const value = checked(neg(div<Scalar>(sum(mul(logProbabilities, targets)), total)));
    const gradFunc = (dy: Scalar, saved: unknown) => {
      const [logProbabilities, targets, total] = saved as [Tensor2D, Tensor2D, Scalar];
      // A row's targets sum to the weight that it has, 1 without weights.
      const rows = weights ? sum(targets, 1, true) : 1;
      return mul(sub(mul(exp(logProbabilities), rows), targets), div(dy, total));
    };
    return { value, gradFunc: gradFunc as never };
  });
  return op(flat) as Scalar;
}
