import type { NamedArray } from "@mammo/weights";
import { type NamedTensorMap, type Tensor, tensor } from "@tensorflow/tfjs-core";

/** Tensors by name -> plain numbers, which is what a checkpoint holds. */
export async function readTensors(tensors: NamedTensorMap): Promise<Record<string, NamedArray>> {
  const read = async ([name, tensor]: readonly [string, Tensor]) => [name, { shape: tensor.shape, data: (await tensor.data()).slice() }] as const;
  return Object.fromEntries(await Promise.all(Object.entries(tensors).map(read)));
}

/** Plain numbers by name -> tensors, float32; the caller owns them. */
export function toTensors(arrays: Readonly<Record<string, NamedArray>>): NamedTensorMap {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toTensor(array)]));
}

/** Plain numbers -> a float32 tensor. */
export function toTensor({ shape, data }: NamedArray): Tensor {
  return tensor(data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>), [...shape], "float32");
}
