import * as tf from "@tensorflow/tfjs-core";
import * as reference from "../reference/index.ts";
import type { GradientCase } from "./gradientCase.ts";

/** Known before a backend has started, for tests; TensorFlow on a GPU is found to have none once it runs. */
function withoutBatchNormKernels(backend: string): string | undefined {
  const named = backend === "wasm" || backend === "tensorflow";
  const there = tf.getBackend() !== backend || tf.getKernel("MammoBatchNormTrain", backend) !== undefined;
  return named && there ? undefined : "it has no such fused kernels: graphs use plain operations";
}

function norm(form: string, x: readonly number[], relu: boolean): GradientCase {
  const attrs = { epsilon: 1e-3, relu };
  return {
    ...{ op: relu ? "batch norm + relu (kernels)" : "batch norm (kernels)", form, inputs: [x, [x.at(-1)!], [x.at(-1)!]] },
    compute: ([x, scale, offset]) =>
      (tf.engine().runKernel("MammoBatchNormTrain", { x: x!, scale: scale!, offset: offset! }, attrs) as tf.Tensor[])[0]!,
    reference: ([x, scale, offset]) => reference.batchNorm(x!, scale!, offset!, attrs),
    without: withoutBatchNormKernels,
  };
}

/** Batch norm by the kernel of `@mammo/backend`, which has its gradient registered; softmax. */
export const normalizationCases: readonly GradientCase[] = [
  norm("4 channels, B 3, odd", [3, 5, 7, 4], false),
  norm("4 channels, B 3, odd", [3, 5, 7, 4], true),
  norm("5 channels", [2, 6, 8, 5], true),
  norm("32 channels, H ≠ W", [1, 5, 4, 32], true),
  norm("1 channel", [2, 9, 5, 1], true),
  { op: "softmax", form: "last axis", inputs: [[3, 4, 5]], compute: ([x]) => tf.softmax(x!), reference: ([x]) => reference.softmax(x!) },
];
