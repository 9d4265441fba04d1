import * as tf from "@tensorflow/tfjs-core";
import * as reference from "../reference/index.ts";
import type { GradientCase } from "./gradientCase.ts";

type Pair = readonly [number, number];
const pair = (value: Pair): [number, number] => [value[0], value[1]];

function conv(form: string, x: readonly number[], filter: readonly number[], stride: Pair, pad: "same" | "valid"): GradientCase {
  return {
    ...{ op: "conv2d", form, inputs: [x, filter] },
    compute: ([x, filter]) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, pair(stride), pad),
    reference: ([x, filter]) => reference.conv2d(x!, filter!, { stride, pad }),
  };
}

function fusedConv(form: string, x: readonly number[], filter: readonly number[]): GradientCase {
  return {
    ...{ op: "fused.conv2d + bias + relu", form, inputs: [x, filter, [filter[3]!]] },
    compute: ([x, filter, bias]) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, strides: 1, pad: "same", bias: bias!, activation: "relu" }),
    reference: ([x, filter, bias]) =>
      reference.elementwise(reference.conv2d(x!, filter!, { stride: [1, 1], pad: "same" }), bias!, (y, b) => Math.max(0, y + b)),
  };
}

function pool(op: "maxPool" | "avgPool", form: string, x: readonly number[], options: reference.WindowOptions): GradientCase {
  return {
    ...{ op, form, inputs: [x] },
    compute: ([x]) => (op === "maxPool" ? tf.maxPool : tf.avgPool)(x as tf.Tensor4D, pair(options.size), pair(options.stride), options.pad),
    reference: ([x]) => (op === "maxPool" ? reference.maxPool : reference.avgPool)(x!, options),
  };
}

/** Convolutions and pools. */
export const convolutionCases: readonly GradientCase[] = [
  conv("3x3 same, B 1, 1 channel, H ≠ W", [1, 9, 7, 1], [3, 3, 1, 4], [1, 1], "same"),
  conv("3x3 same, B 3, even", [3, 6, 8, 4], [3, 3, 4, 8], [1, 1], "same"),
  conv("3x3 same, odd channels", [2, 7, 6, 3], [3, 3, 3, 13], [1, 1], "same"),
  conv("3x3 valid, H ≠ W", [2, 8, 5, 5], [3, 3, 5, 6], [1, 1], "valid"),
  conv("3x3 valid to 1x1, B 3", [3, 3, 3, 8], [3, 3, 8, 5], [1, 1], "valid"),
  conv("3x2 valid to 1x1", [3, 3, 2, 5], [3, 2, 5, 2], [1, 1], "valid"),
  conv("1x1, B 3", [3, 5, 4, 6], [1, 1, 6, 5], [1, 1], "same"),
  conv("1x1 to 1 channel", [2, 1, 1, 8], [1, 1, 8, 1], [1, 1], "valid"),
  conv("3x3 same, stride 2, odd", [2, 9, 7, 3], [3, 3, 3, 4], [2, 2], "same"),
  conv("3x3 same, stride 2, even", [1, 8, 10, 2], [3, 3, 2, 5], [2, 2], "same"),
  conv("3x5 valid, stride 2x1", [2, 9, 8, 3], [3, 5, 3, 2], [2, 1], "valid"),
  conv("1x1, stride 2", [2, 7, 8, 4], [1, 1, 4, 3], [2, 2], "same"),
  conv("5x5 same, wider than the image", [1, 4, 3, 2], [5, 5, 2, 3], [1, 1], "same"),
  fusedConv("3x3 same, B 2", [2, 6, 5, 3], [3, 3, 3, 7]),
  fusedConv("1x1", [1, 4, 7, 6], [1, 1, 6, 4]),
  pool("maxPool", "2x2 valid, even", [2, 6, 8, 4], { size: [2, 2], stride: [2, 2], pad: "valid" }),
  pool("maxPool", "2x2 valid, odd, H ≠ W, B 3", [3, 7, 9, 3], { size: [2, 2], stride: [2, 2], pad: "valid" }),
  pool("maxPool", "3x3 stride 2 valid (windows overlap)", [2, 9, 7, 5], { size: [3, 3], stride: [2, 2], pad: "valid" }),
  pool("maxPool", "3x3 stride 1 same", [1, 5, 6, 8], { size: [3, 3], stride: [1, 1], pad: "same" }),
  pool("maxPool", "5x5 stride 5 valid", [2, 16, 10, 5], { size: [5, 5], stride: [5, 5], pad: "valid" }),
  pool("maxPool", "2x2 same, odd", [1, 5, 7, 2], { size: [2, 2], stride: [2, 2], pad: "same" }),
  pool("avgPool", "2x2 valid, even", [2, 6, 8, 3], { size: [2, 2], stride: [2, 2], pad: "valid" }),
  pool("avgPool", "2x2 same, odd", [1, 5, 7, 2], { size: [2, 2], stride: [2, 2], pad: "same" }),
  pool("avgPool", "3x3 stride 2 same, odd", [2, 7, 5, 3], { size: [3, 3], stride: [2, 2], pad: "same" }),
];
