import { add, customGrad, mul, relu, rsqrt, step, sub, sum, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";

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
export function batchNormFrozen(
  x: Tensor4D,
  norm: FrozenNorm,
  { epsilon, relu: withRelu }: { readonly epsilon: number; readonly relu: boolean },
): Tensor4D {
  const { mean, variance } = norm;
  const op = customGrad((x, scale, offset, save) => {
    const inverse = rsqrt(add(variance, epsilon));
    const slope = mul(scale as Tensor1D, inverse);
    const line = add<Tensor4D>(mul(x as Tensor4D, slope), sub(offset as Tensor1D, mul(mean, slope)));
    const y = withRelu ? relu(line) : line;
    (save as (tensors: unknown[]) => void)([x, y, slope, inverse, mean]);
    const gradFunc = (dy: Tensor4D, saved: unknown) => {
      const [x, y, slope, inverse, mean] = saved as [Tensor4D, Tensor4D, Tensor1D, Tensor1D, Tensor1D];
      const masked = withRelu ? mul<Tensor4D>(dy, step(y)) : dy;
      const normalized = mul(sub(x, mean), inverse);
      return [mul(masked, slope), sum(mul(masked, normalized), [0, 1, 2]), sum(masked, [0, 1, 2])];
    };
    return { value: y, gradFunc: gradFunc as never };
  });
  return op(x, norm.scale, norm.offset) as Tensor4D;
}
