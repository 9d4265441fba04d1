import { fill, type Tensor, tensor, tidy, type Variable, variable } from "@tensorflow/tfjs-core";
import { heUniform, type Initializer } from "./heUniform.ts";

/** Where layers declare their weights while a graph is built. Names are unique in a store; a second declaration is a mistake in the graph. */
export interface WeightStore {
  readonly params: Readonly<Record<string, Variable>>;
  readonly buffers: Readonly<Record<string, Variable>>;
  /** Learned, random from (seed, name) at first; default He uniform. */
  kernel<V extends Tensor>(name: string, shape: V["shape"], init?: Initializer): Variable & V;
  /** Learned, one number everywhere at first. */
  param<V extends Tensor>(name: string, shape: V["shape"], value: number): Variable & V;
  /** Measured, not learned. */
  buffer<V extends Tensor>(name: string, shape: V["shape"], value: number): Variable & V;
  dispose(): void;
}

/** A store whose kernels begin as a function of this seed. */
export function weightStore(seed: number): WeightStore {
  const params: Record<string, Variable> = {};
  const buffers: Record<string, Variable> = {};
  const declare = <V extends Tensor>(into: Record<string, Variable>, name: string, initial: () => Tensor) => {
    if (name in params || name in buffers) throw new RangeError(`Expected each weight to be declared once, got ${name} twice.`);
    // No name for TensorFlow.js: its variable names are global in the process.
    const made = tidy(() => variable(initial()));
    into[name] = made;
    return made as unknown as Variable & V;
  };
  return {
    params,
    buffers,
    kernel: (name, shape, init = heUniform) => declare(params, name, () => tensor(init(shape, { seed, name }), shape, "float32")),
    param: (name, shape, value) => declare(params, name, () => fill(shape, value)),
    buffer: (name, shape, value) => declare(buffers, name, () => fill(shape, value)),
    dispose() {
      for (const weight of [...Object.values(params), ...Object.values(buffers)]) weight.dispose();
    },
  };
}

/** Builds a graph on a new store, and frees what it has declared where it refuses its options halfway. */
export function withWeightStore<T>(seed: number, build: (store: WeightStore) => T): T {
  const store = weightStore(seed);
  try {
    return build(store);
  } catch (error) {
    store.dispose();
    throw error;
  }
}
