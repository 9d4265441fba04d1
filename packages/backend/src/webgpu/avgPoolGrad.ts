import { backend_util, getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "./webgpuBackend.ts";

type Side = [number, number] | number;

interface Arguments {
  readonly inputs: { readonly dy: TensorInfo; readonly input: TensorInfo };
  readonly backend: WebgpuBackend;
  readonly attrs: { readonly filterSize: Side; readonly strides: Side; readonly pad: "same"; readonly dimRoundingMode?: "floor" };
}

/** Gradient of avgPool: the stock kernel divides by all cells of a window, so dy is first weighted by all cells over those inside the image. */
export function avgPoolGrad(): KernelConfig {
  const stock = getKernel("AvgPoolGrad", "webgpu").kernelFunc as unknown as (args: Arguments) => TensorInfo;
  const multiply = getKernel("Multiply", "webgpu").kernelFunc as unknown as (args: object) => TensorInfo;
  const kernelFunc = (args: Arguments) => {
    const { inputs, backend, attrs } = args;
    const shape = inputs.input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, attrs.filterSize, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode);
    const rows = shares(info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top, info.inHeight);
    const columns = shares(info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left, info.inWidth);
    const weight = backend.makeTensorInfo(
      [1, rows.length, columns.length, 1],
      "float32",
      Float32Array.from(rows.flatMap((r) => columns.map((c) => r * c))),
    );
    const dy = multiply({ inputs: { a: inputs.dy, b: weight }, backend });
    const gradient = stock({ ...args, inputs: { ...inputs, dy } });
    for (const { dataId } of [weight, dy]) backend.disposeData(dataId);
    return gradient;
  };
  return { kernelName: "AvgPoolGrad", backendName: "webgpu", kernelFunc: kernelFunc as unknown as KernelFunc };
}

/** For each window along an axis: its cells over those of them inside the image. */
function shares(count: number, stride: number, size: number, before: number, side: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const start = index * stride - before;
    return size / (Math.min(side, start + size) - Math.max(0, start));
  });
}
