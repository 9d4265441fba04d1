import { abs, add, customGrad, div, exp, log, mean, mul, relu, reshape, type Scalar, sigmoid, sub, type Tensor } from "@tensorflow/tfjs-core";
import { requireSameSize } from "./requireSameSize.ts";

/**
 * Mean over the batch of the cross-entropy of a sigmoid: logits and labels of one shape, labels in [0, 1]. For the image logits [B, 1].
 *
 * Its gradient is written out, (sigmoid(z) − y) / B, since the stock one passes through operations that not every backend differentiates.
 */
export function sigmoidCrossEntropy(labels: Tensor, logits: Tensor): Scalar {
  requireSameSize(labels.size, logits.size, "labels");
  const targets = reshape(labels, logits.shape);
  const op = customGrad((z, save) => {
    (save as (tensors: unknown[]) => void)([z, targets]);
    // max(z, 0) − z·y + ln(1 + e^−|z|): no overflow on either side.
    const softplus = log(add(1, exp(mul(-1, abs(z as Tensor)))));
    const value = mean<Scalar>(add(sub(relu(z as Tensor), mul(z as Tensor, targets)), softplus));
    const gradFunc = (dy: Scalar, saved: unknown) => {
      const [z, y] = saved as [Tensor, Tensor];
      return mul(sub(sigmoid(z), y), div(dy, z.size));
    };
    return { value, gradFunc: gradFunc as never };
  });
  return op(logits) as Scalar;
}
