import type { Tensor, Tensor4D, Variable } from "@tensorflow/tfjs-core";

/**
 * How a graph runs: `training: true` takes batch norm's statistics from the batch and moves the running ones, `false` (the default) uses the running
 * ones, and a function of the parameter's name does the first only where it says that the parameter trains: a frozen layer keeps its statistics still.
 */
export interface Mode {
  readonly training?: boolean | ((name: string) => boolean);
}

/**
 * A graph with its weights. `params` are learned, `buffers` (batch norm's running statistics) are only measured; both carry names of ours, such as
 * `block1/conv1/kernel`, while the names inside TensorFlow.js are unnamed counters, so any number of models can live in one process.
 *
 * Pixels go in as float32 in [0, 1] with 0 the background; the graph normalizes nothing itself, its first batch norm does.
 */
export interface Model {
  readonly params: Readonly<Record<string, Variable>>;
  readonly buffers: Readonly<Record<string, Variable>>;
  /** x [B, H, W, 1] in [0, 1] -> logits. The caller disposes of the result. */
  apply(x: Tensor4D, mode?: Mode): Tensor;
  /** Frees the weights; the model is of no use afterwards. */
  dispose(): void;
}

/** Does the parameter train in this mode? */
export function trains({ training = false }: Mode, name: string): boolean {
  return typeof training === "function" ? training(name) : training;
}
