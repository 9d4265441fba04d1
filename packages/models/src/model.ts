import type { Variable } from "@tensorflow/tfjs-core";

/**
 * How a graph runs: `training: true` takes batch norm's statistics from the batch and updates the running ones, `false` (the default) uses the running
 * ones, and a function of the parameter's name does the first only where it says that the parameter trains: a frozen layer keeps its running statistics.
 */
export interface Mode {
  readonly training?: boolean | ((name: string) => boolean);
}

/**
 * A graph with its weights. Each graph types its own `apply`, since some take more than one tensor and give more than one.
 *
 * `params` are learned, `buffers` (batch norm's running statistics) are only measured; both have names of ours, such as `block1/conv1/kernel`, while the
 * names inside TensorFlow.js are unnamed counters, so any number of models can live in one process.
 *
 * Pixels go in as float32 in [0, 1] with 0 the background; the graph normalizes nothing itself, its first batch norm does.
 */
export interface Model {
  /** What the graph was built with: the same options build it again. */
  readonly options: object;
  readonly params: Readonly<Record<string, Variable>>;
  readonly buffers: Readonly<Record<string, Variable>>;
  /** Frees the weights; the model is of no use afterwards. */
  dispose(): void;
}

/** Does the parameter train in this mode? */
export function trains({ training = false }: Mode, name: string): boolean {
  return typeof training === "function" ? training(name) : training;
}

/** Parameters and buffers in one map. */
export function weightsOf({ params, buffers }: Pick<Model, "params" | "buffers">): Readonly<Record<string, Variable>> {
  return { ...params, ...buffers };
}

/** Learned numbers in the model; buffers do not count. */
export function parameterCount({ params }: Model): number {
  return Object.values(params).reduce((total, { size }) => total + size, 0);
}
