import { encodeOnnx, type OnnxPort, type OnnxTensor } from "@mammo/weights";
import { dispose, type NamedTensorMap, tidy, zeros } from "@tensorflow/tfjs-core";
import { type Model, weightsOf } from "../model.ts";
import { ModelError } from "../modelError.ts";
import { type Trace, type TracedTensor, traceGraph } from "../trace/traceGraph.ts";
import { writer } from "./layouts.ts";
import { operations } from "./operations.ts";

/** What goes into the file. */
export interface OnnxExport {
  /** Shape of each input of the graph, the batch included: the file holds a graph of these very shapes. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** How the model is applied: named inputs -> named outputs, which are the names in the file. */
  readonly apply: (inputs: NamedTensorMap) => NamedTensorMap;
  /** Texts that go along, such as the hash of the weights. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A graph of any kind with its weights -> the bytes of an ONNX file (operator set 17) of what it does in inference, for inputs of one shape: batch norm is
 * folded, axes are ours, [B, H, W, C], in what goes in and comes out. It runs the graph once, on zeros.
 *
 * @throws ModelError `not-exportable` for an operation that no node is written for; nothing is left half done.
 * @example
 * const bytes = await toOnnx(model, {
 *   inputs: { view: [1, 1200, 800, 1] },
 *   apply: ({ view }) => ({ logit: model.apply(view as Tensor4D) }),
 * });
 */
export async function toOnnx(model: Model, { inputs: shapes, apply, metadata = {} }: OnnxExport): Promise<Uint8Array> {
  const inputs: NamedTensorMap = tidy(() => Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, zeros([...shape])])));
  let trace: Trace | undefined;
  try {
    trace = traceGraph({ inputs, weights: weightsOf(model), run: () => apply(inputs) });
    return encodeOnnx({ ...(await graphOf(trace, inputs)), metadata });
  } finally {
    dispose(inputs);
    for (const { tensor } of trace?.constants.values() ?? []) tensor.dispose();
  }
}

async function graphOf({ calls, constants, outputs }: Trace, inputs: NamedTensorMap) {
  const unknown = [...new Set(calls.map(({ kernel }) => kernel).filter((kernel) => !Object.hasOwn(operations, kernel)))];
  if (unknown.length > 0)
    throw new ModelError("not-exportable", `Expected operations among ${Object.keys(operations).join(", ")}, got ${unknown.join(", ")}.`);
  const into = writer();
  const arrays = new Map<number, OnnxTensor>();
  for (const [id, { tensor }] of constants) arrays.set(id, { shape: tensor.shape, data: Float32Array.from(await tensor.data()) });
  for (const [name, { id, shape }] of Object.entries(inputs)) into.define({ id, shape }, name);
  // Filters are constants too, but read by convolutions alone, which turn them.
  const filters = new Set(calls.flatMap(({ inputs: { filter } }) => (filter ? [filter.id] : [])));
  for (const [id, tensor] of arrays) if (!filters.has(id)) into.define({ id, shape: tensor.shape }, into.floats(tensor));
  const named = new Map<number, string>();
  const filterOf = ({ id }: TracedTensor) => {
    if (!named.has(id)) named.set(id, into.floats(filtersFirst(arrays.get(id)!)));
    return named.get(id)!;
  };
  for (const call of calls) operations[call.kernel]!(call, into, filterOf);
  for (const [name, tensor] of Object.entries(outputs)) into.put("Identity", [into.want(tensor)], undefined, name);
  const port = ([name, { shape }]: readonly [string, { readonly shape: readonly number[] }]): OnnxPort => ({ name, shape });
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
