import { type NamedTensorMap, type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { NumberArray } from "./safetensors.ts";

/** Tensors by name -> plain numbers, which is what a checkpoint holds. The tensors stay the caller's. */
export async function readTensors(tensors: NamedTensorMap): Promise<Record<string, NumberArray>> {
  const read = async ([name, tensor]: readonly [string, Tensor]) => [name, { shape: tensor.shape, data: (await tensor.data()).slice() }] as const;
  return Object.fromEntries(await Promise.all(Object.entries(tensors).map(read)));
}

/** Plain numbers by name -> tensors, float32; the caller disposes of them. For `loadWeights` of `@mammo/models`, for one. */
export function toTensors(arrays: Readonly<Record<string, NumberArray>>): NamedTensorMap {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toTensor(array)]));
}

export function toTensor({ shape, data }: NumberArray): Tensor {
  return tensor(data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>), [...shape], "float32");
}
