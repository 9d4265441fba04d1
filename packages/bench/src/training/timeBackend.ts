import { backend, getBackend, getKernelsForBackend, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";

/** What copies numbers into the backend's memory and out of it. */
const copies = ["write", "readSync"] as const;

/**
 * From now on adds up the milliseconds inside the current backend: its kernels, those that a kernel calls counted once, and its copies in and out. For backends
 * whose kernels return when they are done: wasm, tensorflow, cpu. `onCall` gets each one's name and milliseconds.
 */
export function timeBackend(onCall: (name: string, milliseconds: number) => void = () => {}): () => number {
  let [milliseconds, depth, begun] = [0, 0, 0];
  const timed = <Args extends readonly unknown[], Result>(called: string, work: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      if (depth++ === 0) begun = performance.now();
      try {
        return work(...args);
      } finally {
        if (--depth === 0) {
          const spent = performance.now() - begun;
          milliseconds += spent;
          onCall(called, spent);
        }
      }
    };
  };
  const name = getBackend();
  for (const kernel of getKernelsForBackend(name)) {
    unregisterKernel(kernel.kernelName, name);
    registerKernel({ ...kernel, kernelFunc: timed(kernel.kernelName, kernel.kernelFunc) });
  }
  const own = backend();
  for (const copy of copies) Object.assign(own, { [copy]: timed(copy, (own[copy] as (...args: unknown[]) => unknown).bind(own)) });
  return () => milliseconds;
}
