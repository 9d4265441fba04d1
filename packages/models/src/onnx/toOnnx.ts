import { requireKnownKeys } from "@mammo/mammogram";
import { encodeOnnx, type OnnxGraph, type OnnxPort, type OnnxTensor } from "@mammo/weights";
import type { Model } from "../model.ts";
import { exportGraph, type GraphExport, type PlainGraph } from "../trace/exportGraph.ts";
import type { TracedTensor } from "../trace/traceGraph.ts";
import { writer } from "./layouts.ts";
import { operations } from "./operations.ts";

/**
 * A graph of any kind with its weights -> the bytes of an ONNX file (operator set 17) of what it does in inference, for inputs of one shape: batch norm is
 * folded, axes are ours, [B, H, W, C], in what goes in and comes out. It runs the graph once, on zeros and without its convolutions.
 *
 * @throws ModelError `not-exportable` for an operation, or an attribute of one, that no node is written for; nothing is left half done.
 * @example
 * const bytes = await toOnnx(model, {
 *   inputs: { view: [1, 1200, 800, 1] },
 *   apply: ({ view }) => ({ logit: model.apply(view as Tensor4D) }),
 * });
 */
export function toOnnx(model: Pick<Model, "params" | "buffers">, options: GraphExport): Promise<Uint8Array> {
  requireKnownKeys("toOnnx", options, { inputs: true, apply: true, metadata: true });
  const { metadata = {} } = options;
  return exportGraph(model, options, Object.keys(operations), (graph) => encodeOnnx({ ...graphOf(graph), metadata }));
}

function graphOf({ calls, constants, inputs, outputs }: PlainGraph): OnnxGraph {
  const into = writer();
  for (const [name, tensor] of Object.entries(inputs)) into.define(tensor, name);
  // Filters are constants too, but read by convolutions alone, which turn them.
  const filters = new Set(calls.flatMap(({ inputs: { filter } }) => (filter ? [filter.id] : [])));
  for (const [id, tensor] of constants) if (!filters.has(id)) into.define({ id, shape: tensor.shape }, into.floats(tensor));
  const named = new Map<number, string>();
  const filterOf = ({ id }: TracedTensor) => {
    if (!named.has(id)) named.set(id, into.floats(filtersFirst(constants.get(id)!)));
    return named.get(id)!;
  };
  for (const call of calls) operations[call.kernel]!(call, into, filterOf);
  for (const [name, tensor] of Object.entries(outputs)) into.put("Identity", [into.want(tensor)], undefined, name);
  const port = ([name, { shape }]: readonly [string, TracedTensor]): OnnxPort => ({ name, shape });
  return { nodes: into.nodes, constants: into.constants, inputs: Object.entries(inputs).map(port), outputs: Object.entries(outputs).map(port) };
}

/** [h, w, C, D] -> [D, C, h, w] */
function filtersFirst({ shape, data }: OnnxTensor): OnnxTensor {
  const [rows, columns, inputs, filters] = shape as [number, number, number, number];
  const taps = rows * columns;
  const turned = new Float32Array(data.length);
  for (let tap = 0; tap < taps; tap++)
    for (let c = 0; c < inputs; c++)
      for (let d = 0; d < filters; d++) turned[(d * inputs + c) * taps + tap] = Number(data[(tap * inputs + c) * filters + d]);
  return { shape: [filters, inputs, rows, columns], data: turned };
}
