import * as tf from "@tensorflow/tfjs-core";
import { batchNormByKernels } from "./batchNormByKernels.ts";
import type { Reference } from "./reference.ts";
import * as reference from "./reference.ts";

/** One row of the gradient table: an operation on inputs of one form. */
export interface GradientCase {
  readonly op: string;
  /** What is special about the shapes: "H ≠ W, odd, stride 2". */
  readonly form: string;
  readonly inputs: readonly (readonly number[])[];
  compute(inputs: readonly tf.Tensor[]): tf.Tensor;
  reference(inputs: readonly Reference[]): Reference;
  /** Why the operation cannot run on a backend; undefined where it can. */
  readonly without?: (backend: string) => string | undefined;
}

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

/** Known before a backend has started, for tests; TensorFlow on a GPU is found to have none once it runs. */
function withoutBatchNormKernels(backend: string): string | undefined {
  const named = backend === "wasm" || backend === "tensorflow";
  const there = tf.getBackend() !== backend || tf.getKernel("MammoBatchNormTrain", backend) !== undefined;
  return named && there ? undefined : "it has no such fused kernels: graphs use plain operations";
}

function norm(form: string, x: readonly number[], relu: boolean): GradientCase {
  const attrs = { epsilon: 1e-3, relu };
  return {
    ...{ op: relu ? "batch norm + relu (kernels)" : "batch norm (kernels)", form, inputs: [x, [x.at(-1)!], [x.at(-1)!]] },
    compute: ([x, scale, offset]) => batchNormByKernels(x!, scale!, offset!, attrs),
    reference: ([x, scale, offset]) => reference.batchNorm(x!, scale!, offset!, attrs),
    without: withoutBatchNormKernels,
  };
}

function resize(
  op: "resizeBilinear" | "resizeNearestNeighbor",
  form: string,
  x: readonly number[],
  size: Pair,
  halfPixelCenters = false,
): GradientCase {
  return {
    ...{ op: `image.${op}`, form, inputs: [x] },
    compute: ([x]) => tf.image[op](x as tf.Tensor4D, pair(size), false, halfPixelCenters),
    reference: ([x]) => (op === "resizeBilinear" ? reference.resizeBilinear(x!, size, halfPixelCenters) : reference.resizeNearest(x!, size)),
  };
}

function two(
  op: string,
  form: string,
  shapes: readonly (readonly number[])[],
  compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  value: (a: number, b: number) => number,
) {
  return {
    ...{ op, form, inputs: shapes, compute: ([a, b]) => compute(a!, b!) },
    reference: ([a, b]) => reference.elementwise(a!, b!, value),
  } satisfies GradientCase as GradientCase;
}

function reduction(op: "sum" | "mean" | "max", form: string, x: readonly number[], axes: readonly number[] | undefined): GradientCase {
  const chosen = axes ?? x.map((_, axis) => axis);
  const compute = { sum: tf.sum, mean: tf.mean, max: tf.max }[op];
  return {
    ...{ op, form: `over ${form}`, inputs: [x] },
    compute: ([x]) => compute(x!, axes && [...axes]),
    reference: ([x]) => reference.reduce(x!, chosen, op),
  };
}

function one(op: string, compute: (x: tf.Tensor) => tf.Tensor, value: (x: number) => number): GradientCase {
  return { op, form: "B 3, odd", inputs: [[3, 5, 7]], compute: ([x]) => compute(x!), reference: ([x]) => reference.map(x!, value) };
}

/** Positive, for roots and logarithms, and smooth. */
const positive = (x: tf.Tensor) => tf.add(tf.square(x), 0.5);

/** The operations that our graphs, losses and optimizers use, and the near ones that stock TensorFlow.js gets wrong, over the forms that matter. */
export const gradientCases: readonly GradientCase[] = [
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
  norm("4 channels, B 3, odd", [3, 5, 7, 4], false),
  norm("4 channels, B 3, odd", [3, 5, 7, 4], true),
  norm("5 channels", [2, 6, 8, 5], true),
  norm("32 channels, H ≠ W", [1, 5, 4, 32], true),
  norm("1 channel", [2, 9, 5, 1], true),
  resize("resizeNearestNeighbor", "2x, H ≠ W", [2, 3, 5, 2], [6, 10]),
  resize("resizeNearestNeighbor", "odd sizes", [1, 4, 3, 3], [7, 5]),
  resize("resizeBilinear", "2x, H = W", [1, 4, 4, 2], [8, 8]),
  resize("resizeBilinear", "H ≠ W, B 2", [2, 3, 5, 2], [7, 8]),
  resize("resizeBilinear", "smaller", [1, 8, 6, 1], [4, 5]),
  resize("resizeBilinear", "half-pixel centres, 2x", [2, 3, 4, 2], [6, 8], true),
  two("add", "broadcast over B, H, W", [[3, 4, 5, 2], [2]], tf.add, (a, b) => a + b),
  two("sub", "broadcast", [[3, 5, 4], [4]], tf.sub, (a, b) => a - b),
  two("mul", "broadcast over B, H, W", [[3, 4, 5, 2], [2]], tf.mul, (a, b) => a * b),
  two(
    "div",
    "broadcast",
    [[3, 5, 4], [4]],
    (a, b) => tf.div(a, positive(b)),
    (a, b) => a / (b * b + 0.5),
  ),
  {
    ...{ op: "addN", form: "20 tensors", inputs: Array.from({ length: 20 }, () => [2, 3]) },
    compute: (terms) => tf.addN([...terms]),
    reference: (terms) => terms.reduce((sum, term) => reference.elementwise(sum, term, (a, b) => a + b)),
  },
  {
    ...{
      op: "matMul",
      form: "3x5 by 5x7",
      inputs: [
        [3, 5],
        [5, 7],
      ],
    },
    compute: ([a, b]) => tf.matMul(a!, b!),
    reference: ([a, b]) => reference.matMul(a!, b!),
  },
  {
    ...{ op: "gather", form: "repeated rows", inputs: [[4, 3, 2]] },
    compute: ([x]) => tf.gather(x!, tf.tensor1d([2, 0, 2, 3, 2], "int32")),
    reference: ([x]) => reference.gather(x!, [2, 0, 2, 3, 2]),
  },
  {
    ...{ op: "oneHot (float32)", form: "times x", inputs: [[4, 3]] },
    compute: ([x]) => tf.mul(x!, tf.oneHot(tf.tensor1d([2, 0, 1, 2], "int32"), 3, 2, -1, "float32")),
    reference: ([x]) => ({ shape: x!.shape, values: x!.values.map((value, i) => value * ([2, 0, 1, 2][Math.floor(i / 3)] === i % 3 ? 2 : -1)) }),
  },
  { op: "softmax", form: "last axis", inputs: [[3, 4, 5]], compute: ([x]) => tf.softmax(x!), reference: ([x]) => reference.softmax(x!) },
  one("relu", tf.relu, (x) => Math.max(0, x)),
  one("sigmoid", tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
  one("exp", tf.exp, Math.exp),
  one(
    "log",
    (x) => tf.log(positive(x)),
    (x) => Math.log(x * x + 0.5),
  ),
  one(
    "sqrt",
    (x) => tf.sqrt(positive(x)),
    (x) => Math.sqrt(x * x + 0.5),
  ),
  one(
    "rsqrt",
    (x) => tf.rsqrt(positive(x)),
    (x) => 1 / Math.sqrt(x * x + 0.5),
  ),
  one("abs", tf.abs, Math.abs),
  one("square", tf.square, (x) => x * x),
  one("tanh", tf.tanh, Math.tanh),
  // Its gradient is 0 everywhere that is asked.
  one(
    "step",
    (x) => tf.mul(tf.step(x), x),
    (x) => Math.max(0, x),
  ),
  one(
    "fill, zerosLike",
    (x) => tf.add(tf.mul(x, tf.fill(x.shape, 3)), tf.zerosLike(x)),
    (x) => 3 * x,
  ),
  // Not of b itself: the table's inputs share their values, and a tie has no gradient.
  two(
    "minimum",
    "same shapes",
    [
      [3, 5, 4],
      [3, 5, 4],
    ],
    (a, b) => tf.minimum(a, tf.mul(b, 0.9)),
    (a, b) => Math.min(a, b * 0.9),
  ),
  two(
    "maximum",
    "same shapes",
    [
      [3, 5, 4],
      [3, 5, 4],
    ],
    (a, b) => tf.maximum(a, tf.mul(b, 0.9)),
    (a, b) => Math.max(a, b * 0.9),
  ),
  reduction("sum", "all axes", [3, 5, 4], undefined),
  reduction("sum", "B, H, W, odd", [3, 5, 7, 4], [0, 1, 2]),
  reduction("sum", "last axis", [3, 5, 4], [2]),
  reduction("mean", "all axes", [3, 5, 4], undefined),
  reduction("mean", "H and W", [3, 5, 7, 4], [1, 2]),
  reduction("mean", "B, H, W, one channel", [2, 5, 7, 1], [0, 1, 2]),
  reduction("max", "H and W", [3, 5, 7, 4], [1, 2]),
  reduction("max", "all axes", [3, 5, 4], undefined),
  {
    ...{
      op: "stack",
      form: "three of 2x3, axis 0",
      inputs: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    },
    compute: (parts) => tf.stack([...parts]),
    reference: (parts) => ({ shape: [3, 2, 3], values: Float64Array.from(parts.flatMap(({ values }) => [...values])) }),
  },
  {
    ...{ op: "broadcastTo", form: "4 to 3x5x4", inputs: [[4]] },
    compute: ([x]) => tf.broadcastTo(x!, [3, 5, 4]),
    reference: ([x]) => ({ shape: [3, 5, 4], values: Float64Array.from({ length: 60 }, (_, i) => x!.values[i % 4]!) }),
  },
  one(
    "clone, reshape, transpose",
    (x) => tf.transpose(tf.reshape(tf.transpose(tf.clone(x), [2, 1, 0]), [7, 5, 3]), [2, 1, 0]),
    (x) => x,
  ),
  one(
    "slice, concat",
    (x) => tf.concat([tf.slice(x, [0, 0, 0], [1, 5, 7]), tf.slice(x, [1, 0, 0], [2, 5, 7])], 0),
    (x) => x,
  ),
];
