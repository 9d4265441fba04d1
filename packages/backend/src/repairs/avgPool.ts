import { backend_util } from "@tensorflow/tfjs-core";
import type { HostKernel } from "./hostKernel.ts";

type Side = [number, number] | number;

/** avgPool: the mean of the cells of each window that lie inside the image. Stock wasm rounds sizes in its own way and hands 1x1 windows through as they are. */
export const avgPool: HostKernel = {
  kernelName: "AvgPool",
  compute(host, inputs, { filterSize, strides, pad, dimRoundingMode }) {
    const { x } = inputs as Record<"x", (typeof inputs)[string]>;
    const shape = x.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize as Side, strides as Side, 1, pad as "same", dimRoundingMode as "floor" | undefined);
    return host.make(info.outShape, (to) => {
      const from = host.floats(x);
      const { inHeight, inWidth, inChannels: channels, outHeight, outWidth } = info;
      let output = 0;
      for (let b = 0; b < info.batchSize; b++)
        for (let r = 0; r < outHeight; r++)
          for (let c = 0; c < outWidth; c++, output += channels) {
            const [top, left] = [r * info.strideHeight - info.padInfo.top, c * info.strideWidth - info.padInfo.left];
            const [rowStart, rowEnd] = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)];
            const [columnStart, columnEnd] = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)];
            const count = (rowEnd - rowStart) * (columnEnd - columnStart);
            for (let k = 0; k < channels; k++) {
              let sum = 0;
              for (let row = rowStart; row < rowEnd; row++)
                for (let column = columnStart; column < columnEnd; column++) sum += from[((b * inHeight + row) * inWidth + column) * channels + k]!;
              to[output + k] = sum / count;
            }
          }
    });
  },
};
