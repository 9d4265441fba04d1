import { add, customGrad, mean, mul, reshape, rsqrt, square, sub, sum, type Tensor, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";

export interface GroupNormOptions {
  /** Groups of neighbouring channels; divides C. */
  readonly groups: number;
  readonly epsilon: number;
}

/**
 * Each image's groups of channels to mean 0 and variance 1, then scale and offset [C] (Wu & He 2018, eq. 2, 7): x [B, H, W, C] -> [B, H, W, C].
 *
 * The same in training and inference, with any batch. Throws RangeError where the groups do not divide the channels.
 */
export function groupNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, { groups, epsilon }: GroupNormOptions): Tensor4D {
  const [batch, rows, columns, channels] = x.shape;
  if (!(Number.isInteger(groups) && groups >= 1 && channels % groups === 0))
    throw new RangeError(`Expected groups that divide the ${channels} channels, got ${groups}.`);
  const grouped = (tensor: Tensor) => reshape(tensor, [batch, rows * columns, groups, channels / groups]);
  const average = (tensor: Tensor) => mean(tensor, [1, 3], true); // [B, 1, G, 1]

  const op = customGrad((x, scale, offset, save) => {
    const deviation = sub(grouped(x as Tensor4D), average(grouped(x as Tensor4D)));
    const inverse = rsqrt(add(average(square(deviation)), epsilon));
    const normalized = reshape(mul(deviation, inverse), [batch, rows, columns, channels]);
    (save as (tensors: unknown[]) => void)([normalized, inverse, scale]);
    const gradFunc = (dy: Tensor4D, saved: unknown) => {
      const [normalized, inverse, scale] = saved as [Tensor4D, Tensor, Tensor1D];
      const arriving = grouped(mul(dy, scale));
      const unit = grouped(normalized);
      const inner = sub(sub(arriving, average(arriving)), mul(unit, average(mul(arriving, unit))));
      return [reshape(mul(inner, inverse), dy.shape), sum(mul(dy, normalized), [0, 1, 2]), sum(dy, [0, 1, 2])];
    };
    return { value: add(mul(normalized, scale as Tensor1D), offset as Tensor1D), gradFunc: gradFunc as never };
  });
  return op(x, scale, offset) as Tensor4D;
}
