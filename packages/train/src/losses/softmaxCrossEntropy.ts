import {
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
  oneHot,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import { type LabelRule, requireLabels } from "./requireLabels.ts";
import { requireSameSize } from "./requireSameSize.ts";

const classesBelow = (kinds: number): LabelRule => ({
  expected: `classes from 0 to ${kinds - 1}`,
  accepts: (value) => Number.isInteger(value) && value >= 0 && value < kinds,
  acceptsAll: (classes) => all(logicalAnd(greaterEqual(classes, 0), less(classes, kinds))),
});

/**
 * Mean over the batch of the cross-entropy of a softmax: classes [B] int32 in [0, K), logits [B, K] or [B, 1, 1, K], as a detector gives for patches.
 *
 * @throws RangeError for another number of classes than of logit rows, or a class outside [0, K); on WebGPU, where reading it would stall, the loss is NaN then.
 */
export function softmaxCrossEntropy(classes: Tensor1D, logits: Tensor): Scalar {
  const kinds = logits.shape[logits.shape.length - 1]!;
  const count = logits.size / kinds;
  requireSameSize(classes.size, count, "classes");
  const checked = requireLabels(classes, classesBelow(kinds));
  const flat = reshape(logits, [count, kinds]) as Tensor2D;
  // wasm's float oneHot is all but zero: cast it afterwards.
  const targets = cast(oneHot(classes, kinds), "float32");
  const op = customGrad((z, save) => {
    const shifted = sub(z as Tensor2D, max(z as Tensor2D, 1, true));
    const logProbabilities = sub(shifted, log(sum(exp(shifted), 1, true)));
    (save as (tensors: unknown[]) => void)([logProbabilities, targets]);
    const value = checked(div<Scalar>(sum(mul(logProbabilities, targets)), -count));
    const gradFunc = (dy: Scalar, saved: unknown) => {
      const [logProbabilities, targets] = saved as [Tensor2D, Tensor2D];
      return mul(sub(exp(logProbabilities), targets), div(dy, count));
    };
    return { value, gradFunc: gradFunc as never };
  });
  return op(flat) as Scalar;
}
