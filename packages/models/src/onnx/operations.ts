import { backend_util } from "@tensorflow/tfjs-core";
import { axisOf, paddingOf, reductionOf, windowOf } from "../trace/attributes.ts";
import type { TracedCall, TracedTensor } from "../trace/traceGraph.ts";
import type { Layout, Writer } from "./layouts.ts";

/** Writes one call as nodes, and says which of their names is its output. */
export type Operation = (call: TracedCall, into: Writer, filter: (tensor: TracedTensor) => string) => void;

/** Where an axis of ours, [B, H, W, C], lies in [B, C, H, W]. */
const channelsFirst = [0, 2, 3, 1];
const only = ({ inputs, outputs }: TracedCall) => [Object.values(inputs)[0]!, outputs[0]!] as const;

/** The layout that an operation on each number keeps: channels first where all maps are there so, to save turns. */
function layoutOf(tensors: readonly TracedTensor[], into: Writer): Layout {
  const maps = tensors.filter(({ shape }) => shape.length === 4);
  return maps.length > 0 && maps.every((map) => into.has(map, "nchw")) ? "nchw" : "nhwc";
}

/** Of one tensor, number by number: the nodes in order. */
const each = (...ops: readonly string[]): Operation => {
  return (call, into) => {
    const [x, y] = only(call);
    const layout = layoutOf([x], into);
    into.define(
      y,
      ops.reduce((name, op) => into.put(op, [name]), into.want(x, layout)),
      layout,
    );
  };
};

/** Of two tensors that broadcast: always in our layout where one is of another rank. */
const pairwise = (op: string): Operation => {
  return ({ inputs, outputs }, into) => {
    const [a, b] = [inputs["a"]!, inputs["b"]!];
    const layout = a.shape.length === b.shape.length || Math.min(a.shape.length, b.shape.length) === 0 ? layoutOf([a, b], into) : "nhwc";
    into.define(outputs[0]!, into.put(op, [into.want(a, layout), into.want(b, layout)]), layout);
  };
};

const convolution: Operation = (call, into, filterOf) => {
  const { strides, pad, activation } = windowOf(call);
  const { x, filter, bias } = call.inputs as Record<"x" | "filter" | "bias", TracedTensor>;
  const { padInfo } = backend_util.computeConv2DInfo(x.shape as never, filter.shape as never, [...strides], 1, pad);
  const name = into.put("Conv", [into.want(x, "nchw"), filterOf(filter), ...(bias ? [into.want(bias)] : [])], {
    strides,
    pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
  });
  into.define(call.outputs[0]!, activation === "relu" ? into.put("Relu", [name]) : name, "nchw");
};

const maxPool: Operation = (call, into) => {
  const [x, y] = only(call);
  const { strides, pad, filterSize } = windowOf(call);
  const { padInfo } = backend_util.computePool2DInfo(x.shape as never, [...filterSize], [...strides], 1, pad);
  const pads = [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right];
  into.define(y, into.put("MaxPool", [into.want(x, "nchw")], { kernel_shape: filterSize, strides, pads }), "nchw");
};

const reshape: Operation = (call, into) => {
  const [x, y] = only(call);
  into.define(y, into.put("Reshape", [into.want(x), into.integers(y.shape)]));
};

/** Up to operator set 17 the axes of these are an attribute; those of ReduceSum an input since 13. */
const reduce = (op: string): Operation => {
  return (call, into) => {
    const [x, y] = only(call);
    const { axes, keeps } = reductionOf(call);
    const keepdims = keeps ? 1 : 0;
    const name =
      op === "ReduceSum" ? into.put(op, [into.want(x), into.integers(axes)], { keepdims }) : into.put(op, [into.want(x)], { axes, keepdims });
    into.define(y, name);
  };
};

const concatenation: Operation = (call, into) => {
  const tensors = Object.values(call.inputs);
  const axis = axisOf(call, tensors[0]!);
  const layout = layoutOf(tensors, into);
  const along = layout === "nchw" ? channelsFirst[axis]! : axis;
  into.define(
    call.outputs[0]!,
    into.put(
      "Concat",
      tensors.map((one) => into.want(one, layout)),
      { axis: along },
    ),
    layout,
  );
};

const splitting: Operation = (call, into) => {
  const { outputs } = call;
  const x = call.inputs["x"]!;
  const axis = axisOf(call, x);
  const layout = layoutOf([x], into);
  const along = layout === "nchw" ? channelsFirst[axis]! : axis;
  const read = [into.want(x, layout), into.integers(outputs.map(({ shape }) => shape[axis]!))];
  const first = into.put("Split", read, { axis: along });
  const names = outputs.map((_, index) => (index === 0 ? first : `${first}_${index}`));
  into.nodes[into.nodes.length - 1] = { op: "Split", inputs: read, outputs: names, attributes: { axis: along } };
  for (const [index, output] of outputs.entries()) into.define(output, names[index]!, layout);
};

const padding: Operation = (call, into) => {
  const [x, y] = only(call);
  const { paddings, value: padded } = paddingOf(call);
  const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  const value = into.floats({ shape: [], data: Float32Array.of(padded) });
  into.define(y, into.put("Pad", [into.want(x), into.integers(pads), value]));
};

const nearest: Operation = (call, into) => {
  const [x, y] = only(call);
  const scales = into.floats({ shape: [4], data: Float32Array.from([1, 1, y.shape[1]! / x.shape[1]!, y.shape[2]! / x.shape[2]!]) });
  const attributes = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" } as const;
  into.define(y, into.put("Resize", [into.want(x, "nchw"), "", scales], attributes), "nchw");
};

const softmax: Operation = (call, into) => {
  const [x, y] = only(call);
  into.define(y, into.put("Softmax", [into.want(x)], { axis: x.shape.length - 1 }));
};

const product: Operation = ({ inputs, outputs }, into) => {
  into.define(outputs[0]!, into.put("MatMul", [into.want(inputs["a"]!), into.want(inputs["b"]!)]));
};

/** How each of TensorFlow.js's operations that a graph of ours uses is written; a new one is a new line. */
export const operations: Readonly<Record<string, Operation>> = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  MaxPool: maxPool,
  BatchMatMul: product,
  Add: pairwise("Add"),
  Sub: pairwise("Sub"),
  Multiply: pairwise("Mul"),
  RealDiv: pairwise("Div"),
  Relu: each("Relu"),
  Abs: each("Abs"),
  Sqrt: each("Sqrt"),
  Rsqrt: each("Sqrt", "Reciprocal"),
  Square: (call, into) => {
    const [x, y] = only(call);
    const layout = layoutOf([x], into);
    const name = into.want(x, layout);
    into.define(y, into.put("Mul", [name, name]), layout);
  },
  Softmax: softmax,
  Mean: reduce("ReduceMean"),
  Max: reduce("ReduceMax"),
  Sum: reduce("ReduceSum"),
  Reshape: reshape,
  ExpandDims: reshape,
  Concat: concatenation,
  SplitV: splitting,
  PadV2: padding,
  ResizeNearestNeighbor: nearest,
  Identity: each("Identity"),
};
