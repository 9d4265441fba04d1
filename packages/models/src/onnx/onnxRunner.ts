import type { NamedTensorMap } from "@tensorflow/tfjs-core";
import { type Graph, mapValues, type PlainArray, type Runner } from "../run/runner.ts";
import { toOnnx } from "./toOnnx.ts";

/** What is used of an array of onnxruntime's. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** What is used of a session of onnxruntime's. */
export interface OnnxSession {
  run(inputs: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

/** What is used of onnxruntime: the modules `onnxruntime-node` and `onnxruntime-web` have it. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<OnnxSession> };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => OnnxTensor;
}

/**
 * Runs graphs on onnxruntime, which the caller brings: `onnxruntime-node`, or `onnxruntime-web` in a browser. Logits are TensorFlow.js's within 1e-5.
 *
 * A model's graph is written as ONNX for each shape that comes, by the current backend of TensorFlow.js, and kept as a session until `dispose`: weights that are loaded later are not seen. `session` are
 * onnxruntime's options, such as `{ intraOpNumThreads: 2 }`. Ours.
 *
 * @throws ModelError `not-exportable` from `run`, as `toOnnx`, and what onnxruntime throws.
 * @example
 * import * as ort from "onnxruntime-node";
 * const runner = onnxRunner(ort);
 * const probability = await classifyView(model, image, { runner });
 * await runner.dispose();
 */
export function onnxRunner({ InferenceSession, Tensor }: OnnxRuntime, session: object = {}): Runner {
  const opened: { readonly graph: unknown; readonly model: object; readonly shapes: string; readonly session: Promise<OnnxSession> }[] = [];
  const open = async <M extends object>(graph: Graph<M, string, string>, model: M, shapes: Readonly<Record<string, readonly number[]>>) => {
    const apply = (inputs: NamedTensorMap): NamedTensorMap => ({ ...graph(model, inputs) });
    return InferenceSession.create(await toOnnx({ params: {}, buffers: {} }, { inputs: shapes, apply }), session);
  };
  return {
    async run<M extends object, Input extends string, Output extends string>(
      graph: Graph<M, Input, Output>,
      model: M,
      inputs: Readonly<Record<Input, PlainArray>>,
    ) {
      const shapes = mapValues(inputs, ({ shape }) => shape);
      const key = JSON.stringify(shapes);
      let known = opened.find((one) => one.graph === graph && one.model === model && one.shapes === key);
      if (!known) opened.push((known = { graph, model, shapes: key, session: open(graph, model, shapes) }));
      const feeds = mapValues(inputs, ({ shape, data }) => new Tensor("float32", data, shape));
      const given = await (await known.session).run(feeds);
      return mapValues(given, ({ dims, data }) => ({ shape: dims, data: data as Float32Array })) as Readonly<Record<Output, PlainArray>>;
    },
    async dispose() {
      for (const { session } of opened.splice(0)) await (await session.catch(() => undefined))?.release();
    },
  };
}
