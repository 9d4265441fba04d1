import { customGradient } from "@mammo/models/layers";
import { exp, log, max, mul, neg, type Scalar, sub, sum, type Tensor2D } from "@tensorflow/tfjs-core";

/**
 * Weighted cross-entropy of a softmax: logits and weights [N, K] -> −Σ weight · log probability. Its gradient is written out, probability · Σ weights − weight.
 */
export function cellCrossEntropy(weights: Tensor2D, logits: Tensor2D): Scalar {
  return customGradient(
    [logits],
    (z) => {
      const shifted = sub(z, max(z, 1, true));
      const logProbabilities = sub(shifted, log(sum(exp(shifted), 1, true)));
      return { value: neg(sum<Scalar>(mul(logProbabilities, weights))), saved: [logProbabilities, weights] };
    },
    (dy, [logProbabilities, wanted]) => [mul(sub(mul(exp(logProbabilities!), sum(wanted!, 1, true)), wanted!), dy)],
  ) as Scalar;
}
