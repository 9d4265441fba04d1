import { requireKnownKeys } from "@mammo/mammogram";
import { engine, mul, step, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import { channelSums } from "./channelSums.ts";
import { customGradient } from "./customGradient.ts";

/** The window of the convolution. */
export interface FoldedConvOptions {
  readonly pad: "same" | "valid";
  /** Default 1. */
  readonly stride?: number;
}

/**
 * relu(x ∗ filter + bias) in one kernel: x [B, H, W, C], filter [h, w, C, D], bias [D] -> [B, H', W', D].
 *
 * TensorFlow.js's own fused convolution falls apart into three operations on a gradient tape and keeps a map of each; this one keeps its result alone,
 * from which ReLU's mask can be read.
 */
export function foldedConv(x: Tensor4D, filter: Tensor4D, bias: Tensor1D, options: FoldedConvOptions): Tensor4D {
  requireKnownKeys("foldedConv", options, { pad: true, stride: true });
  const { pad, stride = 1 } = options;
  const convolution = { strides: stride, pad, dataFormat: "NHWC", dimRoundingMode: null };
  const run = (kernel: string, inputs: Readonly<Record<string, Tensor4D | Tensor1D>>, attrs: object) =>
    engine().runKernel(kernel, inputs, attrs as never) as unknown as Tensor4D;
  return customGradient(
    [x, filter, bias],
    (x, filter, bias) => {
      const y = run("FusedConv2D", { x, filter, bias }, { ...convolution, dilations: 1, activation: "relu" });
      return { value: y, saved: [x, filter, y] };
    },
    (dy, [x, filter, y]) => {
      const masked = mul<Tensor4D>(dy, step(y));
      return [
        run("Conv2DBackpropInput", { dy: masked, filter }, { ...convolution, inputShape: x.shape }),
        run("Conv2DBackpropFilter", { x, dy: masked }, { ...convolution, filterShape: filter.shape }),
        channelSums(masked),
      ];
    },
  );
}
