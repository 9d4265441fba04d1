import type { KernelConfig, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelPool } from "./kernelPool.ts";
import { type KernelArguments, stockKernel } from "./stockKernel.ts";

/** UnsortedSegmentSum (missing in stock wasm; the gradient of gather): rows of x added into the row that their id names; negative ids are dropped. */
export function unsortedSegmentSum({ heap }: KernelPool): KernelConfig {
  return stockKernel("UnsortedSegmentSum", ({ inputs: { x, segmentIds }, attrs }: KernelArguments<"x" | "segmentIds", { numSegments: number }>) => {
    if (x.dtype !== "float32") return undefined;
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const size = rowShape.reduce((product, side) => product * side, 1);
    const output = heap.output([attrs.numSegments, ...rowShape]);
    const [from, to, ids] = [heap.floats(x), heap.floats(output).fill(0), heap.integers(segmentIds)];
    ids.forEach((id, row) => {
      if (id < 0 || id >= attrs.numSegments) return;
      for (let i = 0; i < size; i++) to[id * size + i]! += from[row * size + i]!;
    });
    return output;
  });
}

/** OneHot for float32, where stock wasm writes integers into a float tensor. */
export function oneHot({ heap }: KernelPool): KernelConfig {
  return stockKernel(
    "OneHot",
    ({ inputs: { indices }, attrs }: KernelArguments<"indices", { dtype: string; depth: number; onValue: number; offValue: number }>) => {
      if (attrs.dtype !== "float32") return undefined;
      const output = heap.output([...indices.shape, attrs.depth]);
      const to = heap.floats(output).fill(attrs.offValue);
      heap.integers(indices).forEach((index, row) => {
        if (index >= 0 && index < attrs.depth) to[row * attrs.depth + index] = attrs.onValue;
      });
      return output;
    },
  );
}

/** Identity (of clone and of each saved tensor) as a second reference: stock wasm copies the values, which took a tenth of a training step. */
export function identity(): KernelConfig {
  return {
    kernelName: "Identity",
    backendName: "wasm",
    kernelFunc: (({ inputs: { x }, backend }: { inputs: { x: TensorInfo }; backend: { incRef(dataId: object): void } }) => {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    }) as unknown as KernelFunc,
  };
}
