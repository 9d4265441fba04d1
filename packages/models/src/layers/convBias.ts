import { fused, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import type { ConvOptions } from "./convNormRelu.ts";
import type { Layer } from "./layer.ts";
import type { WeightStore } from "./weightStore.ts";

/** Convolution with a bias and nothing after it: a layer that ends in logits. Weights `NAME/kernel`, `NAME/bias`. */
export function convBias(store: WeightStore, name: string, { inputs, filters, size, pad }: ConvOptions): Layer {
  const filter = store.kernel<Tensor4D>(`${name}/kernel`, [...size, inputs, filters]);
  const bias = store.param<Tensor1D>(`${name}/bias`, [filters], 0);
  return (x) => fused.conv2d({ x, filter, strides: 1, pad, bias });
}
