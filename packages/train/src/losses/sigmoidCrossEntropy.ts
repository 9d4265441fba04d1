import {
  abs,
  add,
  all,
  customGrad,
  div,
  exp,
  greaterEqual,
  lessEqual,
  log,
  logicalAnd,
  mean,
  mul,
  relu,
  reshape,
  type Scalar,
  sigmoid,
  sub,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { type LabelRule, requireLabels } from "./requireLabels.ts";
import { requireSameSize } from "./requireSameSize.ts";

const probabilities: LabelRule = {
  expected: "labels in [0, 1]",
  accepts: (value) => value >= 0 && value <= 1,
  acceptsAll: (labels) => all(logicalAnd(greaterEqual(labels, 0), lessEqual(labels, 1))),
};

/**
 * Mean over the batch of the cross-entropy of a sigmoid: logits and labels of one shape, labels in [0, 1]. For the image logits [B, 1].
 *
 * Its gradient is written out, (sigmoid(z) − y) / B, since the stock one passes through operations that not every backend differentiates.
 *
 * @throws RangeError for another number of labels than of logits, or a label outside [0, 1]; on WebGPU, where reading it would stall, the loss is NaN then.
 */
export function sigmoidCrossEntropy(labels: Tensor, logits: Tensor): Scalar {
  requireSameSize(labels.size, logits.size, "labels");
  const checked = requireLabels(labels, probabilities);
  const targets = reshape(labels, logits.shape);
  const op = customGrad((z, save) => {
    (save as (tensors: unknown[]) => void)([z, targets]);
    // max(z, 0) − z·y + ln(1 + e^−|z|): no overflow on either side.
    const softplus = log(add(1, exp(mul(-1, abs(z as Tensor)))));
    const value = checked(mean<Scalar>(add(sub(relu(z as Tensor), mul(z as Tensor, targets)), softplus)));
    const gradFunc = (dy: Scalar, saved: unknown) => {
      const [z, y] = saved as [Tensor, Tensor];
      return mul(sub(sigmoid(z), y), div(dy, z.size));
    };
    return { value, gradFunc: gradFunc as never };
  });
  return op(logits) as Scalar;
}
