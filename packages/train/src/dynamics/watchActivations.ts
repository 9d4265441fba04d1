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
export function watchActivations<T>(weights: NamedTensorMap, run: () => T): { readonly value: T; readonly activations: readonly Activation[] } {
  const activations: Activation[] = [];
  const origins = new Map<number, Origin>(
    Object.entries(weights).map(([name, { id }]) => [id, { layer: name.split("/").slice(0, -1).join("/") || name, isOfWeights: true }]),
  );
  const times = new Map<string, number>();
  const running = engine();
  const original = running.runKernel;
  let depth = 0;
  const watched = (kernel: string, given: NamedTensorMap, attributes?: object): Tensor | Tensor[] => {
    depth++;
    try {
      const made = original.call(running, kernel, given, attributes as never) as Tensor | Tensor[];
      const origin = originOf(Object.values(given).filter(Boolean), origins);
      for (const { id } of [made].flat()) if (origin && !origins.has(id)) origins.set(id, origin);
      if (depth === 1 && isRelu(kernel, attributes)) {
        const name = origin?.layer ?? "input";
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

/** Where a tensor comes from. */
interface Origin {
  /** Whose weights were read last on the way. */
  readonly layer: string;
  /** Of weights alone, such as a kernel that its norm was folded into: then it names the layer of what it meets. */
  readonly isOfWeights: boolean;
}

function originOf(read: readonly Tensor[], origins: ReadonlyMap<number, Origin>): Origin | undefined {
  const known = read.flatMap(({ id }) => origins.get(id) ?? []);
  const weights = known.find(({ isOfWeights }) => isOfWeights);
  const layer = (weights ?? known[0])?.layer;
  // A number alone, such as an epsilon, is of nothing; any other tensor that no weights led to is data.
  const isData = read.some(({ id, rank }) => rank > 0 && !origins.has(id)) || known.some(({ isOfWeights }) => !isOfWeights);
  return layer === undefined ? undefined : { layer, isOfWeights: !isData };
}

/** By itself, or fused into a convolution (`activation`) or a norm (`relu`, as in `MammoBatchNormTrain` of @mammo/backend). */
function isRelu(kernel: string, attributes: object | undefined): boolean {
  const { activation, relu } = (attributes ?? {}) as { readonly activation?: string; readonly relu?: boolean };
  return kernel === "Relu" || activation === "relu" || relu === true;
}
