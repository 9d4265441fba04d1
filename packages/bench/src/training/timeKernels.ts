import { getBackend, getKernelsForBackend, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";

/**
 * From now on adds up the milliseconds inside the current backend's kernels, those that a kernel calls counted once. For backends whose kernels return when
 * they are done: wasm, tensorflow, cpu.
 */
export function timeKernels(): () => number {
  let [milliseconds, depth, begun] = [0, 0, 0];
  const name = getBackend();
  for (const kernel of getKernelsForBackend(name)) {
    unregisterKernel(kernel.kernelName, name);
    registerKernel({
      ...kernel,
      kernelFunc(params) {
        if (depth++ === 0) begun = performance.now();
        try {
          return kernel.kernelFunc(params);
        } finally {
          if (--depth === 0) milliseconds += performance.now() - begun;
        }
      },
    });
  }
  return () => milliseconds;
}
