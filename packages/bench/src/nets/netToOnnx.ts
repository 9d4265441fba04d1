import type { Model } from "@mammo/models";
import { encodeOnnx, type OnnxNode, type OnnxTensor } from "@mammo/weights";
import type { NetCase } from "./netCase.ts";
import { buildNet } from "./prepareNet.ts";

/** Of batch norm in our nets. */
const epsilon = { float: 1e-3 };

/**
 * The inference graph of a case as an ONNX file: `pixels` [B, 1, H, W] -> `logits`, with our weights, axes turned to ONNX's order.
 *
 * Convolution, batch norm and ReLU are separate nodes, as in a trained net; folding them is left to the runtime that reads the file.
 */
export function netToOnnx(test: NetCase): Uint8Array {
  const model = buildNet(test);
  const nodes: OnnxNode[] = [];
  const constants: Record<string, OnnxTensor> = {};
  let count = 0;
  const constant = (name: string, tensor: OnnxTensor) => {
    constants[name] = tensor;
    return name;
  };
  const put = (op: string, inputs: readonly string[], attributes?: OnnxNode["attributes"], output = `${op}${++count}`) => {
    nodes.push({ op, inputs, outputs: [output], ...(attributes ? { attributes } : {}) });
    return output;
  };
  const vector = (name: string) => constant(name, weight(model, name));
  const conv = (x: string, name: string, pad: number, bias: readonly string[] = []) =>
    put("Conv", [x, constant(`${name}/kernel`, filtersFirst(weight(model, `${name}/kernel`))), ...bias], { pads: [pad, pad, pad, pad] });
  const convNormRelu = (x: string, name: string, pad: number) =>
    put("Relu", [
      put("BatchNormalization", [conv(x, name, pad), ...["scale", "offset", "mean", "variance"].map((part) => vector(`${name}/${part}`))], {
        epsilon,
      }),
    ]);
  const pool = (x: string, side: number) => put("MaxPool", [x], { kernel_shape: [side, side], strides: [side, side] });

  let x = "pixels";
  for (let block = 1; block <= 6; block++) x = pool(convNormRelu(convNormRelu(x, `block${block}/conv1`, 1), `block${block}/conv2`, 1), 2);
  x = convNormRelu(convNormRelu(x, "conv7", 0), "conv8", 0);
  const heatmap = conv(x, "conv9", 0, [vector("conv9/bias")]);
  const { batch, rows, columns } = test;
  const flat = (x: string, size: number, output?: string) =>
    put("Reshape", [x, constant(`shape${size}`, { shape: [2], data: BigInt64Array.of(BigInt(batch), BigInt(size)) })], undefined, output);
  const encoded = (size: number) =>
    encodeOnnx({
      ...{ nodes, constants },
      inputs: [{ name: "pixels", shape: [batch, 1, rows, columns] }],
      outputs: [{ name: "logits", shape: [batch, size] }],
    });
  try {
    if (test.net === "detector") {
      flat(heatmap, 5, "logits");
      return encoded(5);
    }
    const pooled = pool(put("Relu", [heatmap]), 5);
    const a = conv(convNormRelu(convNormRelu(pooled, "head/conv1", 0), "head/conv2", 0), "head/conv3", 0, [vector("head/conv3/bias")]);
    // The shortcut's rows follow our order of cells, channels last.
    const cells = flat(put("Transpose", [pooled], { perm: [0, 2, 3, 1] }), weight(model, "head/shortcut/kernel").shape[0]!);
    const b = put("Add", [put("MatMul", [cells, vector("head/shortcut/kernel")]), vector("head/shortcut/bias")]);
    put("Add", [flat(a, 1), b], undefined, "logits");
    return encoded(1);
  } finally {
    model.dispose();
  }
}

interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function weight({ params, buffers }: Model, name: string): Weight {
  const found = params[name] ?? buffers[name];
  if (!found) throw new RangeError(`Expected a weight ${name}, got ${Object.keys(params).length} others`);
  return { shape: found.shape, data: found.dataSync() as Float32Array };
}

/** [h, w, C, D] -> [D, C, h, w] */
function filtersFirst({ shape, data }: Weight): Weight {
  const [rows, columns, inputs, filters] = shape as [number, number, number, number];
  const taps = rows * columns;
  const turned = new Float32Array(data.length);
  for (let tap = 0; tap < taps; tap++)
    for (let c = 0; c < inputs; c++)
      for (let d = 0; d < filters; d++) turned[(d * inputs + c) * taps + tap] = data[(tap * inputs + c) * filters + d]!;
  return { shape: [filters, inputs, rows, columns], data: turned };
}
