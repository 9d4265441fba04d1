import type { NamedArray } from "@mammo/weights";
import { type DataType, type NamedTensorMap, type Tensor, tensor } from "@tensorflow/tfjs-core";

/** Tensors by name -> plain numbers, which is what a checkpoint holds. */
export async function readTensors(tensors: NamedTensorMap): Promise<Record<string, NamedArray>> {
  const read = async ([name, tensor]: readonly [string, Tensor]) => [name, { shape: tensor.shape, data: (await tensor.data()).slice() }] as const;
  return Object.fromEntries(await Promise.all(Object.entries(tensors).map(read)));
}

/** Plain numbers by name -> tensors, each of the dtype of its namesake in `like`; the caller owns them. */
export function toTensors(arrays: Readonly<Record<string, NamedArray>>, like: Readonly<Record<string, Tensor>>): NamedTensorMap {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toTensor(array, like[name]?.dtype)]));
}

/** Plain numbers -> a tensor, of float32 where nothing else is asked for. */
export function toTensor({ shape, data }: NamedArray, dtype: DataType = "float32"): Tensor {
  if (dtype !== "float32") return tensor(Int32Array.from(data as ArrayLike<number>, Number), [...shape], dtype);
  return tensor(data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number), [...shape], dtype);
}
