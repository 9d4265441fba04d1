import { add, matMul, relu, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";
import type { WeightStore } from "./weightStore.ts";

/** Numbers in and out of a dense layer. */
export interface DenseOptions {
  readonly inputs: number;
  readonly units: number;
  readonly activation: "relu" | "none";
}

/** x [B, inputs] -> [B, units]: x · kernel + bias, then ReLU. Weights `NAME/kernel` and `NAME/bias`. */
export function dense(store: WeightStore, name: string, { inputs, units, activation }: DenseOptions): (x: Tensor2D) => Tensor2D {
  const kernel = store.kernel<Tensor2D>(`${name}/kernel`, [inputs, units]);
  const bias = store.param<Tensor1D>(`${name}/bias`, [units], 0);
  return (x) => {
    const y = add<Tensor2D>(matMul(x, kernel), bias);
    return activation === "relu" ? relu(y) : y;
  };
}
