import { availableParallelism, cpus, totalmem } from "node:os";
import { wasmPeak } from "./wasmPeak.ts";

/** What numbers were measured on. */
export interface Machine {
  readonly processor: string;
  /** Threads that this process may use at once. */
  readonly threads: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** See wasmPeak: f32x4 multiply + add in wasm SIMD, not the processor's own peak. */
  readonly wasmGflopsOneThread: number;
  readonly wasmGflopsAllThreads: number;
}

/** Describes the machine and measures its wasm SIMD peak (about a second). */
export async function measureMachine(turns?: number): Promise<Machine> {
  const threads = availableParallelism();
  const wasmGflopsOneThread = await wasmPeak(1, turns);
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    threads,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    wasmGflopsOneThread,
    wasmGflopsAllThreads: threads > 1 ? await wasmPeak(threads, turns) : wasmGflopsOneThread,
  };
}

/** One line for the head of a table. */
export function machineLine(machine: Machine): string {
  const { processor, threads, memoryGiB, node, wasmGflopsOneThread, wasmGflopsAllThreads } = machine;
  return (
    `${processor}, ${threads} threads, ${memoryGiB} GiB, Node ${node}; ` +
    `wasm SIMD f32x4 multiply+add peak ${wasmGflopsOneThread.toFixed(1)} GFLOP/s on one thread, ${wasmGflopsAllThreads.toFixed(1)} on all`
  );
}
