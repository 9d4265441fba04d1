import {
  cast,
  customGrad,
  div,
  exp,
  log,
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
import { requireSameSize } from "./requireSameSize.ts";

/**
 * Mean over the batch of the cross-entropy of a softmax: classes [B] int32 in [0, K), logits [B, K] or [B, 1, 1, K], as a detector gives for patches.
 */
export function softmaxCrossEntropy(classes: Tensor1D, logits: Tensor): Scalar {
  const kinds = logits.shape[logits.shape.length - 1]!;
  const count = logits.size / kinds;
  requireSameSize(classes.size, count, "classes");
  const flat = reshape(logits, [count, kinds]) as Tensor2D;
  // wasm's float oneHot is all but zero: cast it afterwards.
  const targets = cast(oneHot(classes, kinds), "float32");
  const op = customGrad((z, save) => {
    const shifted = sub(z as Tensor2D, max(z as Tensor2D, 1, true));
    const logProbabilities = sub(shifted, log(sum(exp(shifted), 1, true)));
    (save as (tensors: unknown[]) => void)([logProbabilities, targets]);
    const value = div<Scalar>(sum(mul(logProbabilities, targets)), -count);
    const gradFunc = (dy: Scalar, saved: unknown) => {
      const [logProbabilities, targets] = saved as [Tensor2D, Tensor2D];
      return mul(sub(exp(logProbabilities), targets), div(dy, count));
    };
    return { value, gradFunc: gradFunc as never };
  });
  return op(flat) as Scalar;
}
