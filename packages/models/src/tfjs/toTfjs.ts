import { requireKnownKeys } from "@mammo/mammogram";
import { encodeTfjs, type TfjsFiles, type TfjsPort } from "@mammo/weights";
import type { Model } from "../model.ts";
import { exportGraph, type GraphExport, type PlainGraph } from "../trace/exportGraph.ts";
import type { TracedTensor } from "../trace/traceGraph.ts";
import { operations } from "./operations.ts";
import { writer } from "./writer.ts";

/** What goes into the files. */
export interface TfjsExport extends GraphExport {
  /** Of the largest shard, in bytes. Default 4 MiB. */
  readonly shardBytes?: number;
}

/**
 * A graph of any kind with its weights -> `model.json` and shards of a TensorFlow.js GraphModel of what it does in inference, for inputs of one shape: what
 * `loadGraphModel` of tfjs-converter loads and runs without any code of ours. Batch norm is folded, axes are [B, H, W, C]. It runs the graph once, on zeros.
 *
 * @throws ModelError `not-exportable` for an operation, or an attribute of one, that no node is written for; RangeError for shards of less than a byte and
 * names of inputs and outputs other than TensorFlow takes; nothing is left half done.
 * @example
 * const { "model.json": json, shards } = await toTfjs(model, {
 *   inputs: { view: [1, 1200, 800, 1] },
 *   apply: ({ view }) => ({ logit: model.apply(view as Tensor4D) }),
 * });
 */
export function toTfjs(model: Model, options: TfjsExport): Promise<TfjsFiles> {
  requireKnownKeys("toTfjs", options, { shardBytes: true, inputs: true, apply: true, metadata: true });
  const { metadata = {}, shardBytes } = options;
  return exportGraph(model, options, Object.keys(operations), (plain) => {
    const { constants, ...graph } = graphOf(plain);
    return encodeTfjs(constants, { graph, metadata, ...(shardBytes === undefined ? {} : { shardBytes }) });
  });
}

function graphOf({ calls, constants, inputs, outputs }: PlainGraph) {
  const into = writer();
  for (const [name, tensor] of Object.entries(inputs)) into.define(tensor, name);
  for (const [id, array] of constants) into.define({ id }, into.constant(array));
  for (const call of calls) {
    const names = operations[call.kernel]!(call, into);
    for (const [index, output] of call.outputs.entries()) into.define(output, names[index]!);
  }
  const named = Object.entries(outputs).map(([name, tensor]) => ({ op: "Identity", inputs: [into.nameOf(tensor)], outputs: [name] }));
  const port = ([name, { shape }]: readonly [string, TracedTensor]): TfjsPort => ({ name, shape });
  return {
    nodes: [...into.nodes, ...named],
    constants: into.constants,
    inputs: Object.entries(inputs).map(port),
    outputs: Object.entries(outputs).map(port),
  };
}
