import {
  abs,
  add,
  cast,
  customGrad,
  div,
  exp,
  log,
  max,
  mean,
  mul,
  oneHot,
  relu,
  reshape,
  type Scalar,
  sigmoid,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

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

function requireSameSize(came: number, expected: number, what: string): void {
  if (came !== expected) throw new RangeError(`Expected ${expected} ${what}, one for each logit row, got ${came}.`);
}
