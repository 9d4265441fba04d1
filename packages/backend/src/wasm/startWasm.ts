import { backend as currentBackend, env, setBackend } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";
import { isNode } from "../node.ts";
import { type Heap, openHeap, type WasmBackend } from "./heap.ts";
import { installNodeWorkers } from "./nodeWorkers.ts";

/**
 * Starts tfjs's WebAssembly backend with `threads` threads and makes it current.
 *
 * In a browser more than one thread needs cross-origin isolation; without it the heap is not shared and the result has one thread.
 */
export async function startWasm({
  threads,
  wasmFolder,
}: {
  readonly threads: number;
  readonly wasmFolder: string | undefined;
}): Promise<{ heap: Heap; threads: number }> {
  const { setThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setThreadsCount(threads);
  if (isNode()) {
    // The stock flag is false in Node, whose threads need the help of installNodeWorkers.
    env().set("WASM_HAS_MULTITHREAD_SUPPORT", true);
  } else {
    if (wasmFolder !== undefined) setWasmPaths(wasmFolder);
    // One thread needs no shared heap, and none of the eight workers that tfjs starts for one.
    if (threads === 1) env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  }
  const restore = isNode() ? installNodeWorkers(threads - 1) : () => {};
  try {
    if (!(await setBackend("wasm"))) throw new BackendError("unavailable", "Expected tfjs-backend-wasm to start, but it refused");
  } finally {
    restore();
  }
  const heap = openHeap(currentBackend() as unknown as WasmBackend);
  const shared = typeof SharedArrayBuffer !== "undefined" && heap.memory.buffer instanceof SharedArrayBuffer;
  return { heap, threads: shared ? threads : 1 };
}
