import { requireKnownKeys } from "@mammo/mammogram";
import { add, conv2d, fused, mul, relu, rsqrt, sub, type Tensor1D, type Tensor4D, tidy, type Variable } from "@tensorflow/tfjs-core";
import { type Mode, trains } from "../model.ts";
import { batchNormFrozen } from "./batchNormFrozen.ts";
import { batchNormTrain } from "./batchNormTrain.ts";
import { foldedConv } from "./foldedConv.ts";
import { groupNorm } from "./groupNorm.ts";
import type { Initializer } from "./heUniform.ts";
import type { Layer } from "./layer.ts";
import type { WeightStore } from "./weightStore.ts";

/** Size, norm and activation of a convolution. */
export interface ConvOptions {
  readonly inputs: number;
  readonly filters: number;
  /** Of the kernel: rows, columns. */
  readonly size: readonly [rows: number, columns: number];
  readonly pad: "same" | "valid";
  /** Default 1. */
  readonly stride?: number;
  /** Default "batch". "group" is for batches too small for statistics; "none" has a bias instead. */
  readonly norm?: "batch" | "group" | "none";
  /** Groups of "group". Default: the greatest common divisor of the filters and 32 (Wu & He 2018). */
  readonly groups?: number;
  /** Default "relu". */
  readonly activation?: "relu" | "none";
  /** Of the kernel; default He uniform. */
  readonly init?: Initializer;
  /** First value of the bias of "none"; default 0. */
  readonly bias?: number;
}

/** Of the norms; ours, since no source names the authors' values. */
const epsilon = 1e-3;
/** Share of the old running statistics kept at a training step: ten steps are remembered, few enough for stages of a few hundred. Ours. */
const momentum = 0.9;

/**
 * Convolution, norm, activation. Weights `NAME/kernel`; with a norm `/scale` and `/offset`, with batch norm the running `/mean` and `/variance` too,
 * without norm `/bias`.
 *
 * @example
 * const layer = conv(store, "head/conv1", { inputs: 5, filters: 16, size: [3, 2], pad: "valid" }); // then batch norm and ReLU
 */
export function conv(store: WeightStore, name: string, options: ConvOptions): Layer {
  requireKnownKeys("conv", options, {
    inputs: true,
    filters: true,
    size: true,
    pad: true,
    stride: true,
    norm: true,
    groups: true,
    activation: true,
    init: true,
    bias: true,
  });
  const { inputs, filters, size, norm = "batch", init } = options;
  const kernel = store.kernel<Tensor4D>(`${name}/kernel`, [...size, inputs, filters], init);
  if (norm === "batch") return convBatchNorm(store, name, kernel, options);
  if (norm === "group") return convGroupNorm(store, name, kernel, options);
  return convBias(store, name, kernel, options);
}

/** Where the layer does not train, the norm is folded into the kernel; with ReLU all three are then one fused convolution. */
function convBatchNorm(store: WeightStore, name: string, kernel: Tensor4D, { filters, pad, stride = 1, activation = "relu" }: ConvOptions): Layer {
  const scale = store.param<Tensor1D>(`${name}/scale`, [filters], 1);
  const offset = store.param<Tensor1D>(`${name}/offset`, [filters], 0);
  const mean = store.buffer<Tensor1D>(`${name}/mean`, [filters], 0);
  const variance = store.buffer<Tensor1D>(`${name}/variance`, [filters], 1);
  const withRelu = activation === "relu";

  return (x, mode: Mode) => {
    if (trains(mode, `${name}/scale`)) {
      return batchNormTrain(conv2d(x, kernel, stride, pad), scale, offset, {
        epsilon,
        relu: withRelu,
        onMoments(batch) {
          updateRunning(mean, batch.mean);
          updateRunning(variance, batch.variance);
        },
      });
    }
    if (!withRelu) return batchNormFrozen(conv2d(x, kernel, stride, pad), { scale, offset, mean, variance }, { epsilon, relu: false });
    const slope = mul<Tensor1D>(scale, rsqrt(add(variance, epsilon)));
    const bias = sub<Tensor1D>(offset, mul(mean, slope));
    return foldedConv(x, mul<Tensor4D>(kernel, slope), bias, { pad, stride });
  };
}

function convGroupNorm(store: WeightStore, name: string, kernel: Tensor4D, options: ConvOptions): Layer {
  const { filters, pad, stride = 1, activation = "relu", groups = greatestCommonDivisor(filters, 32) } = options;
  const scale = store.param<Tensor1D>(`${name}/scale`, [filters], 1);
  const offset = store.param<Tensor1D>(`${name}/offset`, [filters], 0);
  return (x) => {
    const y = groupNorm(conv2d(x, kernel, stride, pad), scale, offset, { groups, epsilon });
    return activation === "relu" ? relu(y) : y;
  };
}

function convBias(store: WeightStore, name: string, filter: Tensor4D, options: ConvOptions): Layer {
  const { filters, pad, stride = 1, activation = "relu", bias: first = 0 } = options;
  const bias = store.param<Tensor1D>(`${name}/bias`, [filters], first);
  return (x) => (activation === "relu" ? foldedConv(x, filter, bias, { pad, stride }) : fused.conv2d({ x, filter, strides: stride, pad, bias }));
}

/** running ← momentum · running + (1 − momentum) · batch */
function updateRunning(running: Variable & Tensor1D, batch: Tensor1D): void {
  tidy(() => running.assign(add(mul(running, momentum), mul(batch, 1 - momentum))));
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
