import { compareWeights, type NamedArray, requireAllLoaded, type WeightsComparison } from "@mammo/weights";
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
  const target = weightsOf(model);
  const comparison = compareFloat32(target, source);
  if (!partial) requireAllLoaded(comparison);
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
