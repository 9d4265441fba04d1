import { axisOf, paddingOf, reductionOf, windowOf } from "../trace/attributes.ts";
import type { TracedCall } from "../trace/traceGraph.ts";
import type { Writer } from "./writer.ts";

/** Writes one call as a node, and gives the names of its outputs. */
type Operation = (call: TracedCall, into: Writer) => readonly string[];

const namesOf = ({ inputs }: TracedCall, into: Writer) => Object.values(inputs).map(into.nameOf);

/** TensorFlow's operation of the same inputs, in the same order. */
const same = (op: string): Operation => {
  return (call, into) => into.put(op, namesOf(call, into));
};

/** As TensorFlow's own converter writes it: bias and ReLU in the convolution. */
const convolution: Operation = (call, into) => {
  const { strides, pad, activation } = windowOf(call);
  const { x, filter, bias } = call.inputs;
  const read = [x!, filter!, ...(bias ? [bias] : [])].map(into.nameOf);
  const attributes = { strides: [1, ...strides, 1], padding: pad.toUpperCase(), data_format: "NHWC", dilations: [1, 1, 1, 1] };
  if (bias) {
    const fused = activation === "relu" ? ["BiasAdd", "Relu"] : ["BiasAdd"];
    return into.put("_FusedConv2D", read, { ...attributes, num_args: 1, TArgs: { type: ["DT_FLOAT"] }, fused_ops: fused });
  }
  const given = into.put("Conv2D", read, attributes);
  return activation === "relu" ? into.put("Relu", given) : given;
};

const maxPool: Operation = (call, into) => {
  const { strides, pad, filterSize } = windowOf(call);
  const attributes = { ksize: [1, ...filterSize, 1], strides: [1, ...strides, 1], padding: pad.toUpperCase(), data_format: "NHWC" };
  return into.put("MaxPool", namesOf(call, into), attributes);
};

const product: Operation = (call, into) => into.put("BatchMatMulV2", namesOf(call, into), { adj_x: false, adj_y: false });

const reduce = (op: string): Operation => {
  return (call, into) => {
    const { axes, keeps } = reductionOf(call);
    return into.put(op, [...namesOf(call, into), into.integers(axes)], { keep_dims: keeps });
  };
};

const reshape: Operation = (call, into) => into.put("Reshape", [...namesOf(call, into), into.integers(call.outputs[0]!.shape)]);

const concatenation: Operation = (call, into) => {
  const names = namesOf(call, into);
  return into.put("ConcatV2", [...names, into.integers(axisOf(call, Object.values(call.inputs)[0]!))], { N: names.length });
};

const splitting: Operation = (call, into) => {
  const axis = axisOf(call, call.inputs["x"]!);
  const sizes = into.integers(call.outputs.map(({ shape }) => shape[axis]!));
  const attributes = { num_split: call.outputs.length, Tlen: { type: "DT_INT32" } } as const;
  return into.put("SplitV", [...namesOf(call, into), sizes, into.integers(axis)], attributes, call.outputs.length);
};

const padding: Operation = (call, into) => {
  const { paddings, value } = paddingOf(call);
  const sides = into.constant({ shape: [paddings.length, 2], data: Int32Array.from(paddings.flat()) });
  return into.put("PadV2", [...namesOf(call, into), sides, into.constant({ shape: [], data: Float32Array.of(value) })]);
};

const nearest: Operation = (call, into) => {
  const size = into.integers(call.outputs[0]!.shape.slice(1, 3));
  return into.put("ResizeNearestNeighbor", [...namesOf(call, into), size], { align_corners: false, half_pixel_centers: false });
};

/** How each of TensorFlow.js's operations that a graph of ours uses is written; a new one is a new line. */
export const operations: Readonly<Record<string, Operation>> = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  MaxPool: maxPool,
  BatchMatMul: product,
  Add: same("AddV2"),
  Sub: same("Sub"),
  Multiply: same("Mul"),
  RealDiv: same("RealDiv"),
  Relu: same("Relu"),
  Abs: same("Abs"),
  Sqrt: same("Sqrt"),
  Rsqrt: same("Rsqrt"),
  Square: same("Square"),
  Softmax: same("Softmax"),
  Mean: reduce("Mean"),
  Max: reduce("Max"),
  Sum: reduce("Sum"),
  Reshape: reshape,
  ExpandDims: reshape,
  Concat: concatenation,
  SplitV: splitting,
  PadV2: padding,
  ResizeNearestNeighbor: nearest,
  Identity: same("Identity"),
};
