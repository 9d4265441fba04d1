import { requireKnownKeys } from "@mammo/mammogram";
import {
  add,
  div,
  engine,
  getBackend,
  getKernel,
  mean,
  mul,
  relu,
  rsqrt,
  square,
  step,
  sub,
  sum,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { customGradient } from "./customGradient.ts";

/** The statistics of one batch. */
export interface BatchMoments {
  /** [C] */
  readonly mean: Tensor1D;
  /** [C], divided by the count (biased) */
  readonly variance: Tensor1D;
}

/** How a batch is normalized. */
export interface BatchNormOptions {
  readonly epsilon: number;
  /** ReLU on the result: one pass over memory instead of two. */
  readonly relu: boolean;
  /** Gets the batch's moments; they are freed when it returns. */
  readonly onMoments: (moments: BatchMoments) => void;
}

/**
 * Batch normalization by the batch's own statistics, with its gradient (Ioffe & Szegedy 2015, Alg. 1 and section 3): x [B, H, W, C], scale and offset [C] -> [B, H, W, C].
 *
 * TensorFlow.js's own gradient tiles the statistics to full size; this one does not. Where the backend has registered the fused kernels
 * `MammoBatchNormTrain` and `MammoBatchNormTrainGrad`, they run; elsewhere plain operations do, with the same result.
 */
export function batchNormTrain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, options: BatchNormOptions): Tensor4D {
  requireKnownKeys("batchNormTrain", options, { epsilon: true, relu: true, onMoments: true });
  const { epsilon, relu: withRelu, onMoments } = options;
  const attrs = { epsilon, relu: withRelu };
  const fused = has("MammoBatchNormTrain") && has("MammoBatchNormTrainGrad");
  return customGradient(
    [x, scale, offset],
    (x, scale, offset) => {
      const inputs = { x, scale, offset };
      const [y, mean, variance] = fused
        ? (engine().runKernel("MammoBatchNormTrain", inputs, attrs) as unknown as Normalized)
        : normalize(inputs, attrs);
      onMoments({ mean, variance });
      return { value: y, saved: [x, y, scale, mean, variance] };
    },
    (dy, [x, y, scale, mean, variance]) => {
      const back = { dy, x, y, scale, mean, variance };
      return fused ? (engine().runKernel("MammoBatchNormTrainGrad", { ...back }, attrs) as unknown as Gradients) : normalizeGrad(back, attrs);
    },
  );
}

type Gradients = [dx: Tensor4D, dscale: Tensor1D, doffset: Tensor1D];
type Normalized = [y: Tensor4D, mean: Tensor1D, variance: Tensor1D];
type Attrs = Pick<BatchNormOptions, "epsilon" | "relu">;

const has = (kernel: string) => getKernel(kernel, getBackend()) !== undefined;

function normalize({ x, scale, offset }: { x: Tensor4D; scale: Tensor1D; offset: Tensor1D }, { epsilon, relu: withRelu }: Attrs): Normalized {
  const center = mean<Tensor1D>(x, [0, 1, 2]);
  const variance = mean<Tensor1D>(square(sub(x, center)), [0, 1, 2]);
  const slope = mul(scale, rsqrt(add(variance, epsilon)));
  const y = add<Tensor4D>(mul(x, slope), sub(offset, mul(center, slope)));
  return [withRelu ? relu(y) : y, center, variance];
}

interface Back {
  readonly dy: Tensor4D;
  readonly x: Tensor4D;
  readonly y: Tensor4D;
  readonly scale: Tensor1D;
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

function normalizeGrad({ dy, x, y, scale, mean: center, variance }: Back, { epsilon, relu: withRelu }: Attrs): Gradients {
  const [batch, rows, columns] = x.shape;
  const count = batch * rows * columns;
  const inverse = rsqrt(add(variance, epsilon));
  const masked = withRelu ? mul<Tensor4D>(dy, step(y)) : dy;
  const normalized = mul(sub(x, center), inverse);
  const dscale = sum<Tensor1D>(mul(masked, normalized), [0, 1, 2]);
  const doffset = sum<Tensor1D>(masked, [0, 1, 2]);
  const meanParts = add(div(doffset, count), mul(normalized, div(dscale, count)));
  return [mul<Tensor4D>(mul(scale, inverse), sub(masked, meanParts)), dscale, doffset];
}
