import { engine, keep, type NamedTensorMap, type Tensor } from "@tensorflow/tfjs-core";

/** What a layer gives behind its ReLU: the caller frees `values`. */
export interface Activation {
  readonly name: string;
  readonly values: Tensor;
}

/**
 * Runs something on the backend and keeps what each ReLU in it gives, named by the weights that were read last on the way.
 *
 * TensorFlow.js has no record of what flows through a graph: the engine's door to the backend, `runKernel`, is replaced while it runs.
 */
export function watchActivations<T>(params: NamedTensorMap, run: () => T): { readonly value: T; readonly activations: readonly Activation[] } {
  const activations: Activation[] = [];
  const layerOf = new Map<number, string>(Object.entries(params).map(([name, { id }]) => [id, name.split("/").slice(0, -1).join("/") || name]));
  const weights = new Set(layerOf.keys());
  const times = new Map<string, number>();
  const running = engine();
  const original = running.runKernel;
  let depth = 0;
  const watched = (kernel: string, given: NamedTensorMap, attributes?: object): Tensor | Tensor[] => {
    depth++;
    try {
      const made = original.call(running, kernel, given, attributes as never) as Tensor | Tensor[];
      const read = Object.values(given).filter(Boolean);
      const layer =
        read.map(({ id }) => (weights.has(id) ? layerOf.get(id) : undefined)).find(Boolean) ?? read.map(({ id }) => layerOf.get(id)).find(Boolean);
      for (const { id } of [made].flat()) if (layer !== undefined && !weights.has(id)) layerOf.set(id, layer);
      if (depth === 1 && isRelu(kernel, attributes)) {
        const name = layer ?? kernel;
        const time = (times.get(name) ?? 0) + 1;
        times.set(name, time);
        activations.push({ name: time === 1 ? name : `${name} (${time})`, values: keep([made].flat()[0]!.clone()) });
      }
      return made;
    } finally {
      depth--;
    }
  };
  running.runKernel = watched as typeof original;
  try {
    return { value: run(), activations };
  } catch (error) {
    for (const { values } of activations) values.dispose();
    throw error;
  } finally {
    running.runKernel = original;
  }
}

/** By itself, or fused into a convolution (`activation`) or a norm (`relu`, as in `MammoBatchNormTrain` of @mammo/backend). */
function isRelu(kernel: string, attributes: object | undefined): boolean {
  const { activation, relu } = (attributes ?? {}) as { readonly activation?: string; readonly relu?: boolean };
  return kernel === "Relu" || activation === "relu" || relu === true;
}
