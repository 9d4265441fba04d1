import { add, conv2d, mul, rsqrt, sub, type Tensor1D, type Tensor4D, tidy, type Variable } from "@tensorflow/tfjs-core";
import { trains } from "../model.ts";
import { batchNormTrain } from "./batchNormTrain.ts";
import { foldedConv } from "./foldedConv.ts";
import type { Layer } from "./layer.ts";
import type { WeightStore } from "./weightStore.ts";

export interface ConvOptions {
  readonly inputs: number;
  readonly filters: number;
  /** Of the kernel: rows, columns. */
  readonly size: readonly [rows: number, columns: number];
  readonly pad: "same" | "valid";
}

/** Of batch norm; ours, since no source names the authors' values. */
const epsilon = 1e-3;
/** Share of the old running statistics kept at a training step: a memory of ten steps, short enough for stages of a few hundred. Ours. */
const memory = 0.9;

/**
 * Convolution (no bias: the norm's offset is one), batch norm, ReLU. Weights `NAME/kernel`, `/scale`, `/offset`; running `NAME/mean`, `/variance`.
 *
 * Where the layer does not train, the norm is folded into the kernel and all three are one fused convolution.
 */
export function convNormRelu(store: WeightStore, name: string, { inputs, filters, size, pad }: ConvOptions): Layer {
  const kernel = store.kernel<Tensor4D>(`${name}/kernel`, [...size, inputs, filters]);
  const scale = store.param<Tensor1D>(`${name}/scale`, [filters], 1);
  const offset = store.param<Tensor1D>(`${name}/offset`, [filters], 0);
  const mean = store.buffer<Tensor1D>(`${name}/mean`, [filters], 0);
  const variance = store.buffer<Tensor1D>(`${name}/variance`, [filters], 1);

  return (x, mode) => {
    if (trains(mode, `${name}/scale`)) {
      return batchNormTrain(conv2d(x, kernel, 1, pad), scale, offset, {
        epsilon,
        relu: true,
        onMoments(batch) {
          follow(mean, batch.mean);
          follow(variance, batch.variance);
        },
      });
    }
    const slope = mul<Tensor1D>(scale, rsqrt(add(variance, epsilon)));
    const bias = sub<Tensor1D>(offset, mul(mean, slope));
    return foldedConv(x, mul<Tensor4D>(kernel, slope), bias, pad);
  };
}

/** running ← memory · running + (1 − memory) · batch */
function follow(running: Variable & Tensor1D, batch: Tensor1D): void {
  tidy(() => running.assign(add(mul(running, memory), mul(batch, 1 - memory))));
}
