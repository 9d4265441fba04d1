import { dispose, type NamedTensorMap, tidy, zeros } from "@tensorflow/tfjs-core";
import { type Model, weightsOf } from "../model.ts";
import { requireWritable } from "./requireWritable.ts";
import { type Trace, type TracedCall, type TracedTensor, traceGraph } from "./traceGraph.ts";

/** What goes into a file of another runtime. */
export interface GraphExport {
  /** Shape of each input of the graph, the batch included: the file holds a graph of these very shapes. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** How the model is applied: named inputs -> named outputs, which are the names in the file. */
  readonly apply: (inputs: NamedTensorMap) => NamedTensorMap;
  /** Texts that go along, such as the hash of the weights. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A graph as plain data: what a writer of files needs. */
export interface PlainGraph {
  readonly calls: readonly TracedCall[];
  /** Constants by the id of their tensor. */
  readonly constants: ReadonlyMap<number, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  readonly inputs: Readonly<Record<string, TracedTensor>>;
  readonly outputs: Readonly<Record<string, TracedTensor>>;
}

/**
 * Runs a model once, on zeros and without its convolutions, and hands what it did to `write`.
 *
 * @throws ModelError `not-exportable` for an operation outside `kernels`, or one with an attribute that no file is written for; no tensor is left.
 */
export async function exportGraph<T>(
  model: Pick<Model, "params" | "buffers">,
  { inputs: shapes, apply }: GraphExport,
  kernels: readonly string[],
  write: (graph: PlainGraph) => T,
): Promise<T> {
  const inputs: NamedTensorMap = tidy(() => Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, zeros([...shape])])));
  let trace: Trace | undefined;
  try {
    trace = traceGraph({ inputs, weights: weightsOf(model), run: () => apply(inputs), dry: true });
    requireWritable(trace.calls, kernels);
    const constants = new Map<number, { readonly shape: readonly number[]; readonly data: Float32Array }>();
    for (const [id, { tensor }] of trace.constants) constants.set(id, { shape: tensor.shape, data: Float32Array.from(await tensor.data()) });
    const plain = Object.fromEntries(Object.entries(inputs).map(([name, { id, shape }]) => [name, { id, shape }]));
    return write({ calls: trace.calls, constants, inputs: plain, outputs: trace.outputs });
  } finally {
    dispose(inputs);
    for (const { tensor } of trace?.constants.values() ?? []) tensor.dispose();
  }
}
