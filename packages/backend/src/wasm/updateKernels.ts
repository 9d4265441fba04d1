import type { KernelConfig, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelPool } from "./kernelPool.ts";
import type { KernelArguments } from "./stockKernel.ts";

/** Factors of one Adam step; all are rounded to float32. */
interface AdamAttributes {
  readonly gain1: number;
  readonly gain2: number;
  readonly correct: number;
  readonly epsilon: number;
}

/** 64 KiB of each tensor a task: less is not worth waking a thread. */
const TASK_VALUES = 16_384;

function spread({ shape }: TensorInfo) {
  const values = shape.reduce((product, side) => product * side, 1);
  return { values, valuesPerTask: TASK_VALUES, tasks: Math.ceil(values / TASK_VALUES) };
}

/**
 * MammoAdam: {grad, m, v} -> [update, m, v]: m + (g - m) gain1, v + (g² - v) gain2, update = m / (√v · correct + epsilon).
 * MammoWeightedSum: {a, b} -> a · alpha + b · beta, for momentum, decay and averages. Both take float32 tensors of one shape and give the bits of plain operations.
 */
export function updateKernels({ heap, run }: KernelPool): KernelConfig[] {
  function adam({ inputs: { grad, m, v }, attrs }: KernelArguments<"grad" | "m" | "v", AdamAttributes>): TensorInfo[] {
    const { tasks, ...range } = spread(grad);
    const [update, nextM, nextV] = [heap.output(grad.shape), heap.output(grad.shape), heap.output(grad.shape)];
    const from = { grad: heap.address(grad), m: heap.address(m), v: heap.address(v) };
    run("adam", tasks, { ...from, ...range, ...attrs, update: heap.address(update), nextM: heap.address(nextM), nextV: heap.address(nextV) });
    return [update, nextM, nextV];
  }

  function weightedSum({ inputs: { a, b }, attrs }: KernelArguments<"a" | "b", { alpha: number; beta: number }>): TensorInfo {
    const { tasks, ...range } = spread(a);
    const y = heap.output(a.shape);
    run("weightedSum", tasks, { ...range, ...attrs, a: heap.address(a), b: heap.address(b), y: heap.address(y) });
    return y;
  }

  return [
    { kernelName: "MammoAdam", backendName: "wasm", kernelFunc: adam as unknown as KernelFunc },
    { kernelName: "MammoWeightedSum", backendName: "wasm", kernelFunc: weightedSum as unknown as KernelFunc },
  ];
}
