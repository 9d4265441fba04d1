import { dispose, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";

/** Numbers of one shape, row-major. */
export interface PlainArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Values by name. */
type Named<Name extends string, Value> = Readonly<Record<Name, Value>>;

/** What a model does in inference, as a function of named tensors. One function for all calls: runners keep what they made of it. */
export type Graph<Model extends object, Input extends string, Output extends string> = (
  model: Model,
  inputs: Named<Input, Tensor>,
) => Named<Output, Tensor>;

/** Where graphs run: plain arrays in, plain arrays out. */
export interface Runner {
  run<Model extends object, Input extends string, Output extends string>(
    graph: Graph<Model, Input, Output>,
    model: Model,
    inputs: Named<Input, PlainArray>,
  ): Promise<Named<Output, PlainArray>>;
  /** Frees what the runner keeps of models; the models are the caller's. */
  dispose(): Promise<void>;
}

/** Where a graph is run. */
export interface RunnerOptions {
  /** Default `tfjsRunner`. */
  readonly runner?: Runner | undefined;
}

/**
 * Runs graphs on the current backend of TensorFlow.js; keeps nothing. Ours.
 *
 * @example const { logit, heatmap } = await examineView(model, image, { runner: tfjsRunner });
 */
export const tfjsRunner: Runner = {
  async run<Model extends object, Input extends string, Output extends string>(
    graph: Graph<Model, Input, Output>,
    model: Model,
    inputs: Named<Input, PlainArray>,
  ) {
    const outputs = tidy(() => ({
      ...graph(
        model,
        mapValues(inputs, ({ shape, data }) => tensor(data, [...shape], "float32")),
      ),
    }));
    try {
      const plain: Partial<Record<Output, PlainArray>> = {};
      for (const [name, output] of Object.entries<Tensor>(outputs) as [Output, Tensor][])
        plain[name] = { shape: output.shape, data: (await output.data()) as Float32Array };
      return plain as Named<Output, PlainArray>;
    } finally {
      dispose(outputs);
    }
  },
  dispose: async () => undefined,
};

/** The same names with other values. */
export const mapValues = <Name extends string, From, To>(values: Named<Name, From>, map: (value: From) => To): Record<Name, To> =>
  Object.fromEntries(Object.entries<From>(values).map(([name, value]) => [name, map(value)])) as Record<Name, To>;
