import { backend_util } from "@tensorflow/tfjs-core";
import type { HostKernel } from "./hostKernel.ts";

type Side = [number, number] | number;

/** Gradient of maxPool: the first maximum of a window takes all of it. Stock cpu counts the windows anew, and not as the pool did where sizes are rounded up. */
export const maxPoolGrad: HostKernel = {
  kernelName: "MaxPoolGrad",
  compute(host, inputs, { filterSize, strides, pad }) {
    const { dy, input } = inputs as Record<"dy" | "input", (typeof inputs)[string]>;
    const shape = input.shape as [number, number, number, number];
    const rounding = typeof pad === "string" ? undefined : "floor";
    const info = backend_util.computePool2DInfo(shape, filterSize as Side, strides as Side, 1, pad as "same", rounding);
    return host.make(shape, (to) => {
      const [from, x] = [host.floats(dy), host.floats(input)];
      const { inHeight, inWidth, inChannels: channels } = info;
      const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
      let output = 0;
      for (let b = 0; b < info.batchSize; b++)
        for (let r = 0; r < outHeight; r++)
          for (let c = 0; c < outWidth; c++)
            for (let k = 0; k < channels; k++, output++) {
              const [top, left] = [r * info.strideHeight - info.padInfo.top, c * info.strideWidth - info.padInfo.left];
              let [best, at] = [-Infinity, -1];
              for (let row = Math.max(0, top); row < Math.min(inHeight, top + info.filterHeight); row++)
                for (let column = Math.max(0, left); column < Math.min(inWidth, left + info.filterWidth); column++) {
                  const place = ((b * inHeight + row) * inWidth + column) * channels + k;
                  if (x[place]! > best) [best, at] = [x[place]!, place];
                }
              if (at >= 0) to[at]! += from[output]!;
            }
    });
  },
};
