import { requireKnownKeys } from "@mammo/mammogram";
import { add, mul, relu, rsqrt, step, sub, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import { channelSums } from "./channelSums.ts";
import { customGradient } from "./customGradient.ts";

/** The norm of a layer that does not train. */
export interface FrozenNorm {
  /** [C] each; scale and offset may train. */
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
  /** [C] each, of the running statistics: they stay, and no gradient flows to them. */
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/**
 * Batch norm by statistics that stay (Ioffe & Szegedy 2015, Alg. 2), then ReLU if asked: x [B, H, W, C] -> [B, H, W, C]. Gradients for x, scale and offset.
 *
 * After a convolution whose norm does not train either, the two are one: fold the norm into the filter instead.
 */
export function batchNormFrozen(x: Tensor4D, norm: FrozenNorm, options: { readonly epsilon: number; readonly relu: boolean }): Tensor4D {
  requireKnownKeys("batchNormFrozen", options, { epsilon: true, relu: true });
  const { epsilon, relu: withRelu } = options;
  const { mean, variance } = norm;
  return customGradient(
    [x, norm.scale, norm.offset],
    (x, scale, offset) => {
      const inverse = rsqrt<Tensor1D>(add<Tensor1D>(variance, epsilon));
      const slope = mul<Tensor1D>(scale, inverse);
      const line = add<Tensor4D>(mul(x, slope), sub(offset, mul(mean, slope)));
      const y = withRelu ? relu(line) : line;
      return { value: y, saved: [x, y, slope, inverse, mean] };
    },
    (dy, [x, y, slope, inverse, mean]) => {
      const masked = withRelu ? mul<Tensor4D>(dy, step(y)) : dy;
      const normalized = mul(sub(x, mean), inverse);
      return [mul(masked, slope), channelSums(mul(masked, normalized)), channelSums(masked)];
    },
  );
}
