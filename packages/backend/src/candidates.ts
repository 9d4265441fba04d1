import { startCpu } from "./cpu/startCpu.ts";
import type { BackendName, SelectedBackend } from "./selectBackend.ts";
import { startTensorflow } from "./tensorflow/startTensorflow.ts";
import { startKernelPool } from "./wasm/kernelPool.ts";
import { registerKernels } from "./wasm/registerKernels.ts";
import { startWasm } from "./wasm/startWasm.ts";
import { startWebgpu } from "./webgpu/startWebgpu.ts";

export interface Wishes {
  readonly threads: number;
  readonly allowSoftwareGpu: boolean;
  readonly wasmFolder: string | undefined;
  /** The user asked for this backend by name. */
  readonly named: boolean;
}

export interface Started extends Pick<SelectedBackend, "device" | "threads" | "simd"> {
  /** Ends when the device is gone: what was started computes no more. */
  readonly lost?: Promise<unknown>;
}

/** One way to compute. `start` makes it current or throws an error that says why not. */
export interface Candidate {
  readonly backend: BackendName;
  readonly label: string;
  readonly automatic: boolean;
  /** Why these wishes rule it out, started before or not. */
  refuses?(wishes: Wishes): string | undefined;
  start(wishes: Wishes): Promise<Started>;
}

/** All candidates, in the order in which they are tried. */
export const candidates: readonly Candidate[] = [
  tensorflow("GPU"),
  {
    backend: "webgpu",
    label: "webgpu on a GPU",
    automatic: true,
    start: async () => ({ ...(await startWebgpu("hardware")), threads: 1, simd: "none" }),
  },
  tensorflow("CPU"),
  {
    backend: "wasm",
    label: "wasm",
    automatic: true,
    async start(wishes) {
      const { heap, threads } = await startWasm(wishes);
      const pool = await startKernelPool(heap, threads);
      registerKernels(pool);
      return { device: "CPU, WebAssembly", threads: pool.threads, simd: pool.simd };
    },
  },
  {
    backend: "webgpu",
    label: "webgpu in software",
    automatic: false,
    refuses: ({ allowSoftwareGpu }) => (allowSoftwareGpu ? undefined : "a GPU that is software counts only with allowSoftwareGpu"),
    start: async () => ({ ...(await startWebgpu("software")), threads: 1, simd: "none" }),
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

function tensorflow(device: "GPU" | "CPU"): Candidate {
  return {
    backend: "tensorflow",
    label: `tensorflow on a ${device}`,
    automatic: true,
    start: async ({ threads }) => ({ ...(await startTensorflow(device, threads)), simd: "native" }),
  };
}
