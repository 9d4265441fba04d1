import { backend_util, type KernelConfig } from "@tensorflow/tfjs-core";
import type { KernelPool } from "./kernelPool.ts";
import { type KernelArguments, stockKernel } from "./stockKernel.ts";

interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "same" | "valid" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

function poolInfo(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttributes) {
  return backend_util.computePool2DInfo(shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode);
}

function fields(info: Omit<ReturnType<typeof poolInfo>, "outShape">) {
  const units = info.batchSize * info.outHeight;
  // 32k values of output a task: enough to be worth waking a thread.
  const unitsPerTask = Math.ceil(units / Math.min(64, Math.ceil((units * info.outWidth * info.inChannels) / 32_768)));
  const job = {
    ...{
      images: info.batchSize,
      inRows: info.inHeight,
      inColumns: info.inWidth,
      channels: info.inChannels,
      outRows: info.outHeight,
      outColumns: info.outWidth,
    },
    ...{ kernelRows: info.filterHeight, kernelColumns: info.filterWidth, strideRows: info.strideHeight, strideColumns: info.strideWidth },
    ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left, units, unitsPerTask },
  };
  return { job, tasks: Math.ceil(units / unitsPerTask) };
}

/** MaxPool, and its gradient (wrong in stock wasm): the first maximum of a window takes the window's whole gradient. */
export function maxPoolKernels(pool: KernelPool): KernelConfig[] {
  const { heap } = pool;
  return [
    stockKernel("MaxPool", ({ inputs: { x }, attrs }: KernelArguments<"x", PoolAttributes>) => {
      if (x.dtype !== "float32") return undefined;
      const info = poolInfo(x.shape, attrs);
      const y = heap.output(info.outShape);
      const { job, tasks } = fields(info);
      pool.run("maxPool", tasks, { ...job, x: heap.address(x), y: heap.address(y) });
      return y;
    }),
    stockKernel("MaxPoolGrad", ({ inputs: { dy, input, output }, attrs }: KernelArguments<"dy" | "input" | "output", PoolAttributes>) => {
      // Not the size by `attrs`: the gradient is not told whether it was rounded up.
      const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
      const rounding = typeof attrs.pad === "string" ? attrs : { ...attrs, dimRoundingMode: "floor" as const };
      const info = { ...poolInfo(input.shape, rounding), outHeight, outWidth };
      const dx = heap.output(input.shape);
      const { job, tasks } = fields(info);
      const places = { x: heap.address(input), y: heap.address(output), dy: heap.address(dy), dx: heap.address(dx) };
      const apart = info.strideHeight >= info.filterHeight && info.strideWidth >= info.filterWidth;
      if (apart) pool.run("maxPoolGrad", tasks, { ...job, ...places });
      else pool.run("maxPoolGradImage", info.batchSize, { ...job, ...places });
      return dx;
    }),
  ];
}
