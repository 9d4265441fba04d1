import { compareWeights, type NamedArray, type NameRule, renameWeights, requireAllLoaded, type WeightsComparison } from "@mammo/weights";
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
 * comparison says which.
 *
 * @throws WeightsError `mismatch`, and changes nothing, where a name is missing, unexpected or of another shape or dtype; never with `partial`.
 * @example
 * loadWeights(model, decodeSafetensors(bytes).arrays);
 * const { missing } = loadWeights(dream, arraysOfADetector, { partial: true }); // the head
 */
export function loadWeights(
  model: Model,
  source: Readonly<Record<string, NamedArray | Tensor>>,
  { partial = false }: { readonly partial?: boolean } = {},
): WeightsComparison {
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
 * @throws WeightsError `mismatch`, and changes nothing, where two arrays get one name, one has not the axes of its layout, or (never with `partial`) a name is
 * missing, unexpected or of another shape or dtype; RangeError for a rule that is none.
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
  { names, partial = false }: { readonly names: readonly NameRule[]; readonly partial?: boolean },
): WeightsComparison {
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
  const target = weightsOf(model);
  for (const name of comparison.loaded) tidy(() => target[name]!.assign(toTensor(source[name]!)));
  return comparison;
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
  return array instanceof Tensor ? array : tensor(array.data as Float32Array, [...array.shape], "float32");
}
