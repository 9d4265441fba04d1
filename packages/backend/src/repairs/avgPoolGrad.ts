import { backend_util } from "@tensorflow/tfjs-core";
import type { HostKernel } from "./hostKernel.ts";

type Side = [number, number] | number;

/** Gradient of avgPool: each output's dy shared among the cells of its window that lie inside the image. Stock kernels share it among all cells of the window. */
export const avgPoolGrad: HostKernel = {
  kernelName: "AvgPoolGrad",
  compute(host, inputs, { filterSize, strides, pad }) {
    const { dy, input } = inputs as Record<"dy" | "input", (typeof inputs)[string]>;
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(
      shape,
      filterSize as Side,
      strides as Side,
      1,
      pad as "same",
      typeof pad === "string" ? undefined : "floor",
    );
    return host.make(shape, (to) => {
      const from = host.floats(dy);
      const { inHeight, inWidth, inChannels: channels } = info;
      // Not `info`: the gradient is not told whether the size was rounded up.
      const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
      let output = 0;
      for (let b = 0; b < info.batchSize; b++)
        for (let r = 0; r < outHeight; r++)
          for (let c = 0; c < outWidth; c++, output++) {
            const [top, left] = [r * info.strideHeight - info.padInfo.top, c * info.strideWidth - info.padInfo.left];
            const [rowStart, rowEnd] = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)];
            const [columnStart, columnEnd] = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)];
            const share = 1 / ((rowEnd - rowStart) * (columnEnd - columnStart));
            for (let row = rowStart; row < rowEnd; row++)
              for (let column = columnStart; column < columnEnd; column++)
                for (let k = 0; k < channels; k++)
                  to[((b * inHeight + row) * inWidth + column) * channels + k]! += from[output * channels + k]! * share;
          }
    });
  },
};
