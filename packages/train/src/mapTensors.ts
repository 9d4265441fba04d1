import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";

/** The same names, each tensor replaced. */
export function mapTensors(tensors: NamedTensorMap, change: (tensor: Tensor, name: string) => Tensor): NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]));
}
