import { startCpu } from "./cpu/startCpu.ts";
import type { BackendName, SelectedBackend } from "./selectBackend.ts";
import { startKernelPool } from "./wasm/kernelPool.ts";
import { registerKernels } from "./wasm/registerKernels.ts";
import { startWasm } from "./wasm/startWasm.ts";

export interface Wishes {
  readonly threads: number;
  readonly allowSoftwareGpu: boolean;
  /** The user asked for this backend by name. */
  readonly named: boolean;
}

/** One way to compute. `start` makes it current or throws an error that says why not. */
export interface Candidate {
  readonly backend: BackendName;
  readonly label: string;
  readonly automatic: boolean;
  start(wishes: Wishes): Promise<Pick<SelectedBackend, "device" | "threads" | "simd">>;
}

/** All candidates, in the order in which they are tried. */
export const candidates: readonly Candidate[] = [
  {
    backend: "wasm",
    label: "wasm",
    automatic: true,
    async start(wishes) {
      const { heap, threads } = await startWasm(wishes.threads);
      const pool = await startKernelPool(heap, threads);
      registerKernels(pool);
      return { device: "CPU, WebAssembly", threads: pool.threads, simd: pool.simd };
    },
  },
  {
    backend: "cpu",
    label: "cpu",
    automatic: false,
    async start() {
      await startCpu();
      return { device: "CPU, JavaScript", threads: 1, simd: "none" };
    },
  },
];
