import { requireKnownKeys } from "@mammo/mammogram";
import { add, mean, mul, type Rank, reshape, rsqrt, square, sub, type Tensor, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import { channelSums } from "./channelSums.ts";
import { customGradient } from "./customGradient.ts";

/** How channels are grouped. */
export interface GroupNormOptions {
  /** Groups of neighboring channels; divides C. */
  readonly groups: number;
  readonly epsilon: number;
}

/**
 * Each image's groups of channels to mean 0 and variance 1, then scale and offset [C] (Wu & He 2018, eq. 2, 7): x [B, H, W, C] -> [B, H, W, C].
 * The same in training and inference, with any batch. Re-implementation.
 *
 * @throws RangeError where the groups do not divide the channels.
 */
export function groupNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, options: GroupNormOptions): Tensor4D {
  requireKnownKeys("groupNorm", options, { groups: true, epsilon: true });
  const { groups, epsilon } = options;
  const [batch, rows, columns, channels] = x.shape;
  if (!(Number.isInteger(groups) && groups >= 1 && channels % groups === 0))
    throw new RangeError(`Expected groups that divide the ${channels} channels, got ${groups}.`);
  const grouped = (tensor: Tensor) => reshape(tensor, [batch, rows * columns, groups, channels / groups]);
  const average = (tensor: Tensor) => mean(tensor, [1, 3], true); // [B, 1, G, 1]

  return customGradient(
    [x, scale, offset],
    (x, scale, offset) => {
      const deviation = sub(grouped(x), average(grouped(x)));
      const inverse = rsqrt(add(average(square(deviation)), epsilon));
      const normalized = reshape<Rank.R4>(mul(deviation, inverse), [batch, rows, columns, channels]);
      return { value: add<Tensor4D>(mul(normalized, scale), offset), saved: [normalized, inverse, scale] };
    },
    (dy, [normalized, inverse, scale]) => {
      const arriving = grouped(mul(dy, scale));
      const unit = grouped(normalized);
      const inner = sub(sub(arriving, average(arriving)), mul(unit, average(mul(arriving, unit))));
      return [reshape(mul(inner, inverse), dy.shape), channelSums(mul(dy, normalized)), channelSums(dy)];
    },
  );
}
