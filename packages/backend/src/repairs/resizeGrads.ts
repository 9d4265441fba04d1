import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { HostKernel, HostValues } from "./hostKernel.ts";

/** Pixels of the input that one row (or column) of the output reads, with their weights. */
interface Sample {
  readonly low: number;
  readonly high: number;
  /** Weight of `high`. */
  readonly share: number;
}

type Sampling = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean };

/** Where output index `index` of `to` falls on an axis of `from` pixels, as tfjs's forward kernels have it. */
function position(index: number, from: number, to: number, { alignCorners, halfPixelCenters }: Sampling): number {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return halfPixelCenters ? (index + 0.5) * ratio : index * ratio;
}

function bilinear(index: number, from: number, to: number, sampling: Sampling): Sample {
  const at = Math.max(0, position(index, from, to, sampling) - (sampling.halfPixelCenters ? 0.5 : 0));
  const low = Math.min(from - 1, Math.floor(at));
  return { low, high: Math.min(from - 1, Math.ceil(at)), share: at - low };
}

function nearest(index: number, from: number, to: number, sampling: Sampling): Sample {
  const at = position(index, from, to, sampling);
  const low = Math.min(from - 1, sampling.alignCorners ? Math.round(at) : Math.floor(at));
  return { low, high: low, share: 0 };
}

function scatter(host: HostValues, images: TensorInfo, dy: TensorInfo, rows: readonly Sample[], columns: readonly Sample[]): TensorInfo {
  const [batch, high, wide, channels] = images.shape as [number, number, number, number];
  return host.make(images.shape, (to) => {
    const from = host.floats(dy);
    let at = 0;
    for (let b = 0; b < batch; b++)
      for (const row of rows)
        for (const column of columns) {
          const place = (r: number, c: number) => ((b * high + r) * wide + c) * channels;
          const [tl, tr, bl, br] = [
            place(row.low, column.low),
            place(row.low, column.high),
            place(row.high, column.low),
            place(row.high, column.high),
          ];
          for (let k = 0; k < channels; k++) {
            const value = from[at++]!;
            to[tl + k]! += value * (1 - row.share) * (1 - column.share);
            to[tr + k]! += value * (1 - row.share) * column.share;
            to[bl + k]! += value * row.share * (1 - column.share);
            to[br + k]! += value * row.share * column.share;
          }
        }
  });
}

function resizeGrad(kernelName: string, sample: typeof bilinear): HostKernel {
  return {
    kernelName,
    compute(host, inputs, attributes) {
      const { images, dy } = inputs as Record<"images" | "dy", TensorInfo>;
      const sampling = { alignCorners: attributes["alignCorners"] === true, halfPixelCenters: attributes["halfPixelCenters"] === true };
      const along = (axis: 1 | 2) =>
        Array.from({ length: dy.shape[axis]! }, (_, index) => sample(index, images.shape[axis]!, dy.shape[axis]!, sampling));
      return scatter(host, images, dy, along(1), along(2));
    },
  };
}

/** Gradients of resizeBilinear and resizeNearestNeighbor: each value of dy goes back to the pixels that it was read from, by their weights. */
export const resizeGrads: readonly HostKernel[] = [resizeGrad("ResizeBilinearGrad", bilinear), resizeGrad("ResizeNearestNeighborGrad", nearest)];
