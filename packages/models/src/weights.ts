import { clone, type NamedTensorMap, util } from "@tensorflow/tfjs-core";
import type { Model } from "./model.ts";

/** Weights that do not fit the graph. `code` tells it from other packages' errors; the lists are sorted names. */
export class WeightsError extends Error {
  readonly code = "weights-mismatch";
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
  readonly misshapen: readonly string[];

  constructor({ missing, unknown, misshapen }: { missing: readonly string[]; unknown: readonly string[]; misshapen: readonly string[] }) {
    const list = (what: string, names: readonly string[]) => (names.length ? ` ${names.length} ${what}: ${names.join(", ")}.` : "");
    super(`Expected one tensor per weight of the model.${list("missing", missing)}${list("unknown", unknown)}${list("misshapen", misshapen)}`);
    this.name = "WeightsError";
    this.missing = missing;
    this.unknown = unknown;
    this.misshapen = misshapen;
  }
}

/** All weights by name, parameters and buffers: copies, which the caller disposes of. */
export function saveWeights(model: Model): NamedTensorMap {
  return Object.fromEntries(Object.entries(weightsOf(model)).map(([name, weight]) => [name, clone(weight)]));
}

/**
 * Copies weights in, by name: all of them or none.
 *
 * Throws WeightsError, and changes nothing, where a name is missing, unknown or of another shape (or not float32).
 */
export function loadWeights(model: Model, weights: NamedTensorMap): void {
  const own = weightsOf(model);
  const missing = Object.keys(own).filter((name) => !Object.hasOwn(weights, name));
  const unknown = Object.keys(weights).filter((name) => !Object.hasOwn(own, name));
  const misshapen = Object.entries(weights)
    .filter(([name, { shape, dtype }]) => own[name] && !(dtype === "float32" && util.arraysEqual(own[name].shape, shape)))
    .map(([name]) => name);
  if (missing.length + unknown.length + misshapen.length > 0) {
    throw new WeightsError({ missing: missing.sort(), unknown: unknown.sort(), misshapen: misshapen.sort() });
  }
  for (const [name, weight] of Object.entries(own)) weight.assign(weights[name]!);
}

/** Learned numbers in the model; buffers do not count. */
export function parameterCount({ params }: Model): number {
  return Object.values(params).reduce((total, { size }) => total + size, 0);
}

const weightsOf = ({ params, buffers }: Model) => ({ ...params, ...buffers });
