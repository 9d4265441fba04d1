import { keyedRandom } from "@mammo/mammogram";
import type { Trainable, TrainMode } from "@mammo/train";
import {
  add,
  conv2d,
  matMul,
  mean,
  mul,
  reshape,
  type Tensor2D,
  type Tensor4D,
  tanh,
  tensor,
  tidy,
  type Variable,
  variable,
} from "@tensorflow/tfjs-core";

/** A small net with a convolution, a running statistic and a dense head: enough to train, quick on the plain JavaScript backend. */
export interface TinyModel extends Trainable {
  apply(x: Tensor4D, mode?: Partial<TrainMode>): Tensor2D;
  dispose(): void;
}

export function tinyModel({ seed = 1, head = 3 }: { seed?: number; head?: number } = {}): TinyModel {
  const make = (name: string, shape: number[]) => {
    const random = keyedRandom(seed, name);
    const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform() - 0.5);
    return tidy(() => variable(tensor(values, shape, "float32")));
  };
  const params: Record<string, Variable> = {
    "trunk/conv/kernel": make("trunk/conv/kernel", [3, 3, 1, 2]),
    "trunk/conv/offset": make("trunk/conv/offset", [2]),
    "head/dense/kernel": make("head/dense/kernel", [2, head]),
    "head/out/kernel": make("head/out/kernel", [head, 1]),
  };
  const buffers: Record<string, Variable> = { "trunk/conv/mean": tidy(() => variable(tensor([0, 0]))) };
  return {
    params,
    buffers,
    apply: (x, { training = () => false } = {}) =>
      tidy(() => {
        const y = tanh(add(conv2d(x, params["trunk/conv/kernel"] as unknown as Tensor4D, 1, "valid"), params["trunk/conv/offset"]!));
        const pooled = mean(y, [1, 2]); // [B, 2]
        if (training("trunk/conv/kernel")) {
          const running = buffers["trunk/conv/mean"]!;
          running.assign(add(mul(running, 0.9), mul(mean(pooled, 0), 0.1)));
        }
        return matMul(tanh(matMul(reshape(pooled, [-1, 2]), params["head/dense/kernel"]!)), params["head/out/kernel"]!);
      }),
    dispose() {
      for (const weight of [...Object.values(params), ...Object.values(buffers)]) weight.dispose();
    },
  };
}

export type TinyBatch = { readonly images: Tensor4D; readonly labels: Tensor2D };

/** Four 6x6 images a step; the odd ones are brighter in the middle. */
export function tinyBatch(step: number): TinyBatch {
  const random = keyedRandom(11, "batch", step);
  const pixels = Float32Array.from({ length: 4 * 36 }, (_, index) => {
    const [image, row, column] = [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6];
    return random.uniform() + (image % 2 === 1 && row > 1 && row < 4 && column > 1 && column < 4 ? 1 : 0);
  });
  return { images: tensor(pixels, [4, 6, 6, 1]) as Tensor4D, labels: tensor([0, 1, 0, 1], [4, 1], "float32") as Tensor2D };
}
