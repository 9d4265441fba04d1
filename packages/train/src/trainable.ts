import type { Variable } from "@tensorflow/tfjs-core";

/** What this package asks of a model: weights by name. `params` are learned, `buffers` (running statistics) are only measured. Models of `@mammo/models` are such. */
export interface Trainable {
  readonly params: Readonly<Record<string, Variable>>;
  readonly buffers: Readonly<Record<string, Variable>>;
}

/** Parameters and buffers in one map. */
export function weightsOf({ params, buffers }: Trainable): Readonly<Record<string, Variable>> {
  return { ...params, ...buffers };
}
