import type { KernelConfig } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";

const names = ["DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"];

/** Gradients that stock wasm lacks and no graph of ours needs: an error that says so and what to do, in the place of "not registered". */
export function missingKernels(): KernelConfig[] {
  return names.map((kernelName) => ({
    kernelName,
    backendName: "wasm",
    kernelFunc() {
      const message = `Expected an operation whose gradient wasm has, got a depthwise convolution (${kernelName}): use conv2d, or train on another backend`;
      throw new BackendError("unavailable", message);
    },
  }));
}
