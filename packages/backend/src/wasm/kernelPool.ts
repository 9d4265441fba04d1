import { binaries, jobs, kernels } from "../generated/kernels.ts";
import { isNode, nodeModule } from "../node.ts";
import type { Heap } from "./heap.ts";
import { startKernelWorker } from "./kernelWorker.ts";

type Kernels = typeof kernels;
type JobOf<Name extends keyof Kernels> = keyof (typeof jobs)[Kernels[Name]["job"]];
type Finisher = "finishBatchNorm" | "beginBatchNormGrad" | "finishBatchNormGrad";

interface KernelExports {
  run(control: number, kernel: number, tasks: number, workers: number, maySleep: number): void;
  finishBatchNorm(control: number): void;
  beginBatchNormGrad(control: number): void;
  finishBatchNormGrad(control: number): void;
}

/** Our own kernels on tfjs's heap, with the threads that share their tasks. */
export interface KernelPool {
  readonly heap: Heap;
  readonly threads: number;
  readonly simd: "simd128" | "relaxed-simd";
  /** Runs all tasks of a kernel; fields of the job that are not named are 0. */
  run<Name extends keyof Kernels>(kernel: Name, tasks: number, job: Readonly<Partial<Record<JobOf<Name>, number>>>): void;
  /** Runs the single-threaded part between two runs, on the job that was written last. */
  finish(name: Finisher): void;
  /** Writes a job that only a `finish` reads. */
  write<Name extends keyof Kernels>(kernel: Name, job: Readonly<Partial<Record<JobOf<Name>, number>>>): void;
}

/** Bytes before the job in the control block, as JOB in assembly/pool.ts; the job has room for 64 fields. */
const JOB = 64;

/** Compiles our kernels, binds them to the heap, and starts `threads` - 1 workers, which do not keep the process alive. */
export async function startKernelPool(heap: Heap, threads: number): Promise<KernelPool> {
  const shared = typeof SharedArrayBuffer !== "undefined" && heap.memory.buffer instanceof SharedArrayBuffer;
  const relaxed = hasRelaxedSimd();
  const binary = binaries[`${shared ? "shared" : "own"}${relaxed ? "Relaxed" : "Plain"}`];
  const module = await WebAssembly.compile(Uint8Array.from(atob(binary), (letter) => letter.charCodeAt(0)));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory: heap.memory } });
  const { run, ...finishers } = exports as unknown as KernelExports;
  const control = heap.keep(JOB + 256);
  new Uint8Array(heap.memory.buffer, control, JOB + 256).fill(0);
  const workers = shared ? threads - 1 : 0;
  for (let worker = 1; worker <= workers; worker++) startKernelWorker({ module, memory: heap.memory, control, worker });
  // A browser's main thread may not sleep; it spins for the last task instead.
  const maySleep = isNode() || typeof document === "undefined" ? 1 : 0;

  function write(kernel: keyof Kernels, job: Readonly<Record<string, number | undefined>>) {
    const integers = new Int32Array(heap.memory.buffer, control + JOB, 64);
    const floats = new Float32Array(heap.memory.buffer, control + JOB, 64);
    let index = 0;
    for (const [field, kind] of Object.entries(jobs[kernels[kernel].job])) {
      (kind === "float" ? floats : integers)[index++] = job[field] ?? 0;
    }
  }
  return {
    heap,
    threads: workers + 1,
    simd: relaxed ? "relaxed-simd" : "simd128",
    write,
    run(kernel, tasks, job) {
      write(kernel, job);
      run(control, kernels[kernel].number, tasks, workers, maySleep);
    },
    finish: (name) => finishers[name](control),
  };
}

/** (a, b) => relaxed_madd(a, b, a), as a whole module. */
const probe = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 0, 0xfd, 0x85, 0x02, 11],
]);

function hasRelaxedSimd(): boolean {
  if (WebAssembly.validate(probe)) return true;
  // Node 20 has the instructions behind a switch; later ones have them without.
  if (!isNode() || Number.parseInt(process.versions.v8, 10) !== 11) return false;
  nodeModule("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(probe);
}
