import { requireKnownKeys } from "@mammo/mammogram";
import {
  compareWeights,
  type NamedArray,
  type NameRule,
  renameWeights,
  requireAllLoaded,
  requireWhole,
  type WeightsComparison,
  WeightsError,
} from "@mammo/weights";
import { Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { type Model, weightsOf } from "./model.ts";

/** All weights by name, parameters and buffers, as plain numbers: what `encodeSafetensors` of `@mammo/weights` takes. */
export async function saveWeights(model: Model): Promise<Record<string, NamedArray>> {
  const read = async ([name, weight]: readonly [string, Tensor]) => {
    const data = (await weight.data()) as Float32Array;
    return [name, { shape: weight.shape, data: data.slice() }] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(weightsOf(model)).map(read)));
}

/**
 * Copies weights in by name, float32 of the same shape: all of them or none. With `partial`, those that fit; the others stay as they are, and the
 * comparison says which. Tensors are taken as they are.
 *
 * @throws WeightsError, and changes nothing: `mismatch` where an array has not as many numbers as its shape says, or (never with `partial`) a name is missing, unexpected
 * or of another shape or dtype; `not-finite` where an array that fits holds NaN or Infinity: of such weights every answer is NaN.
 * @example
 * loadWeights(model, decodeSafetensors(bytes).arrays);
 * const { missing } = loadWeights(dream, arraysOfADetector, { partial: true }); // the head
 */
export function loadWeights(
  model: Model,
  source: Readonly<Record<string, NamedArray | Tensor>>,
  options: { readonly partial?: boolean } = {},
): WeightsComparison {
  requireKnownKeys("loadWeights", options, { partial: true });
  const { partial = false } = options;
  requireWhole(Object.fromEntries(Object.entries(source).filter((one): one is [string, NamedArray] => !(one[1] instanceof Tensor))));
  return assign(model, source, compareFloat32(weightsOf(model), source), partial);
}

/**
 * Copies in the state of another framework, of a model of the same topology: PyTorch's or Keras's arrays, as `weights/reference/to_safetensors.py` of this
 * repository writes them, by a map of their names to ours. All of them or none; with `partial`, those that fit. In the comparison, `loaded`, `missing` and
 * `shapeMismatch` are our names, `unexpected` theirs that no rule knows and ours that a rule made up. Ours.
 *
 * Batch norm divides by √(variance + 1e-3) here, as in Keras; PyTorch's default is 1e-5, so `running_var` wants `add: 1e-5 - 1e-3`. Group norm of another epsilon than
 * 1e-3 cannot be imported.
 *
 * @throws WeightsError, and changes nothing: `mismatch` where two arrays get one name, one has not as many numbers as its shape says, not the axes of its layout, or whole
 * numbers and something to `add`, or (never with `partial`) a name is missing, unexpected or of another shape or dtype; `not-finite` as `loadWeights`; RangeError for a
 * rule that is none.
 * @example
 * importWeights(detector, decodeSafetensors(bytes).arrays, {
 *   names: [
 *     { from: "{layer}.weight", to: "{layer}/kernel", layout: "OIHW" },
 *     { from: "{layer}.bias", to: "{layer}/bias" },
 *   ],
 *   partial: true,
 * });
 */
export function importWeights(
  model: Model,
  source: Readonly<Record<string, NamedArray>>,
  options: { readonly names: readonly NameRule[]; readonly partial?: boolean },
): WeightsComparison {
  requireKnownKeys("importWeights", options, { names: true, partial: true });
  const { names, partial = false } = options;
  const { arrays, unexpected } = renameWeights(source, names);
  const comparison = compareFloat32(weightsOf(model), arrays);
  return assign(model, arrays, { ...comparison, unexpected: [...comparison.unexpected, ...unexpected].sort() }, partial);
}

function assign(
  model: Model,
  source: Readonly<Record<string, NamedArray | Tensor>>,
  comparison: WeightsComparison,
  partial: boolean,
): WeightsComparison {
  if (!partial) requireAllLoaded(comparison);
  for (const name of comparison.loaded) requireFinite(name, source[name]!);
  const target = weightsOf(model);
  tidy(() => {
    // All tensors before the first is assigned: what one of them throws must not leave half a model.
    const values = comparison.loaded.map((name) => [name, toTensor(source[name]!)] as const);
    for (const [name, value] of values) target[name]!.assign(value);
  });
  return comparison;
}

function requireFinite(name: string, source: NamedArray | Tensor): void {
  if (source instanceof Tensor) return;
  const { data } = source as { readonly data: Float32Array };
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new WeightsError("not-finite", `Expected finite weights, got ${data[at]} in ${name} at ${at}: did its training diverge?`);
}

/** Weights are float32: an array of another dtype is as good as one of another shape. */
function compareFloat32(target: Readonly<Record<string, Tensor>>, source: Readonly<Record<string, NamedArray | Tensor>>): WeightsComparison {
  const comparison = compareWeights(target, source);
  const isFloat32 = (name: string) => {
    const one = source[name]!;
    return one instanceof Tensor ? one.dtype === "float32" : one.data instanceof Float32Array;
  };
  return {
    ...comparison,
    loaded: comparison.loaded.filter(isFloat32),
    shapeMismatch: [...comparison.shapeMismatch, ...comparison.loaded.filter((name) => !isFloat32(name))].sort(),
  };
}

function toTensor(array: NamedArray | Tensor): Tensor {
  // A clone, so that a tensor that is disposed of already throws here.
  return array instanceof Tensor ? array.clone() : tensor(array.data as Float32Array, [...array.shape], "float32");
}
