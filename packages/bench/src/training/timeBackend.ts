import { backend, getBackend, getKernelsForBackend, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";

/** What copies numbers into the backend's memory and out of it. */
const copies = ["write", "readSync"] as const;

/**
 * From now on adds up the milliseconds inside the current backend: its kernels, those that a kernel calls counted once, and its copies in and out. For backends
 * whose kernels return when they are done: wasm, tensorflow, cpu.
 */
export function timeBackend(): () => number {
  let [milliseconds, depth, begun] = [0, 0, 0];
  const timed = <Args extends readonly unknown[], Result>(work: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      if (depth++ === 0) begun = performance.now();
      try {
        return work(...args);
      } finally {
        if (--depth === 0) milliseconds += performance.now() - begun;
      }
    };
  };
  const name = getBackend();
  for (const kernel of getKernelsForBackend(name)) {
    unregisterKernel(kernel.kernelName, name);
    registerKernel({ ...kernel, kernelFunc: timed(kernel.kernelFunc) });
  }
  const own = backend();
  for (const copy of copies) Object.assign(own, { [copy]: timed((own[copy] as (...args: unknown[]) => unknown).bind(own)) });
  return () => milliseconds;
}
