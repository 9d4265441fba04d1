import { compareWeights, type NamedArray, requireWhole, type WeightsComparison } from "@mammo/weights";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { toTensor } from "./arrays.ts";
import { type Trainable, weightsOf } from "./trainable.ts";
import type { OptimizerState } from "./transforms/transform.ts";

/**
 * Copies those weights into a model that fit by name and shape, parameters and buffers; the rest stays as it is. To demand all, pass the comparison to
 * `requireAllLoaded` of `@mammo/weights`.
 *
 * @throws WeightsError `mismatch`, and changes nothing, for an array whose numbers are not of its shape.
 * @example
 * const { missing } = restoreWeights(dream, decodeCheckpoint(bytes).weights); // the head
 */
export function restoreWeights(model: Trainable, source: Readonly<Record<string, NamedArray>>): WeightsComparison {
  const target = weightsOf(model);
  const comparison = compareWeights(target, source);
  requireWhole(Object.fromEntries(comparison.loaded.map((name) => [name, source[name]!])));
  for (const name of comparison.loaded) tidy(() => target[name]!.assign(toTensor(source[name]!, target[name]!.dtype)));
  return comparison;
}

/**
 * An optimizer's state that begins as the source's where that fits. A parameter's state is taken as a whole or not at all: a count without its moments
 * would spoil the correction of the bias. The first state is consumed.
 */
export function restoreOptimizer(
  first: OptimizerState,
  source: Readonly<Record<string, NamedArray | number>>,
): { readonly state: OptimizerState; readonly comparison: WeightsComparison } {
  const comparison = compareWeights(first, source);
  const broken = new Set([...comparison.missing, ...comparison.shapeMismatch].map(parameterOf));
  const loaded = comparison.loaded.filter((name) => !broken.has(parameterOf(name)));
  requireWhole(Object.fromEntries(loaded.flatMap((name) => (typeof source[name] === "number" ? [] : [[name, source[name]!]]))));
  const state: Record<string, Tensor | number> = { ...first };
  for (const name of loaded) {
    const [old, value] = [first[name]!, source[name]!];
    if (typeof old !== "number") old.dispose();
    state[name] = typeof value === "number" ? value : toTensor(value);
  }
  const missing = Object.keys(first).filter((name) => !loaded.includes(name) && !comparison.shapeMismatch.includes(name));
  return { state, comparison: { ...comparison, loaded, missing: missing.sort() } };
}

/** `adam/m:block1/conv1/kernel` -> `block1/conv1/kernel`; a name without a parameter stands for itself. */
const parameterOf = (name: string) => name.slice(name.indexOf(":") + 1);
