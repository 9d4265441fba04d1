import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "./webgpuBackend.ts";

interface Arguments {
  readonly inputs: readonly TensorInfo[];
  readonly backend: WebgpuBackend & { readonly device: { readonly limits: { readonly maxStorageBuffersPerShaderStage: number } } };
}

/** Sum of any number of tensors: the stock kernel binds all at once, and a device allows eight buffers and up, one of which is the result. */
export function addN(): KernelConfig {
  const stock = getKernel("AddN", "webgpu").kernelFunc as unknown as (args: Arguments) => TensorInfo;
  const kernelFunc = ({ inputs, backend }: Arguments): TensorInfo => {
    const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
    let sum = stock({ inputs: inputs.slice(0, most), backend });
    for (let at = most; at < inputs.length; at += most - 1) {
      const before = sum;
      sum = stock({ inputs: [before, ...inputs.slice(at, at + most - 1)], backend });
      backend.disposeData(before.dataId);
    }
    return sum;
  };
  return { kernelName: "AddN", backendName: "webgpu", kernelFunc: kernelFunc as unknown as KernelFunc };
}
