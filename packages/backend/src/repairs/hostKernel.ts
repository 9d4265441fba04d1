import { getKernel, type KernelConfig, type KernelFunc, registerKernel, type TensorInfo, unregisterKernel } from "@tensorflow/tfjs-core";

/** Values of a backend that can be read and written where they are. */
export interface HostValues {
  readonly backend: "cpu" | "wasm";
  floats(tensor: TensorInfo): Float32Array;
  /** A new float32 tensor; `fill` gets its values, all 0. */
  make(shape: readonly number[], fill: (values: Float32Array) => void): TensorInfo;
}

/** A kernel that is the same plain loop on every backend whose values can be reached. */
export interface HostKernel {
  readonly kernelName: string;
  compute(host: HostValues, inputs: Readonly<Record<string, TensorInfo>>, attributes: Readonly<Record<string, unknown>>): TensorInfo;
}

export function forBackend(host: HostValues, kernel: HostKernel): KernelConfig {
  const kernelFunc = (({ inputs, attrs }: { inputs: Record<string, TensorInfo>; attrs: Record<string, unknown> }) =>
    kernel.compute(host, inputs, attrs)) as unknown as KernelFunc;
  return { kernelName: kernel.kernelName, backendName: host.backend, kernelFunc };
}

/** Registers a kernel in the place of the one that is there, if any. */
export function replaceKernel(kernel: KernelConfig): void {
  // Registering over a kernel prints a warning; removing it first does not.
  if (getKernel(kernel.kernelName, kernel.backendName)) unregisterKernel(kernel.kernelName, kernel.backendName);
  registerKernel(kernel);
}
