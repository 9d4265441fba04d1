import { startCpu } from "./cpu/startCpu.ts";
import { startTensorflow } from "./tensorflow/startTensorflow.ts";
import { startKernelPool } from "./wasm/kernelPool.ts";
import { registerKernels } from "./wasm/registerKernels.ts";
import { startWasm } from "./wasm/startWasm.ts";
import { startWebgpu } from "./webgpu/startWebgpu.ts";

/** The backends by tfjs's own names. */
export type BackendName = "tensorflow" | "webgpu" | "wasm" | "cpu";

/** Options of one start, with their defaults filled in. */
export interface StartOptions {
  readonly threads: number;
  readonly allowSoftwareGpu: boolean;
  readonly wasmFolder: string | undefined;
}

/** What was started. */
export interface StartedBackend {
  /** What computes, in words: "CPU, WebAssembly", a GPU's vendor, architecture, name and driver. */
  readonly device: string;
  /** Of the processor; 1 on a GPU. */
  readonly threads: number;
  readonly simd: "none" | "simd128" | "relaxed-simd" | "native";
  /** Settles when the device is gone: what was started computes no more. */
  readonly lost?: Promise<unknown>;
}

/** One way to compute. `start` makes it tfjs's current backend or throws an error that says why not. */
export interface Candidate {
  readonly backend: BackendName;
  readonly label: string;
  /** Whether it is tried when no backend is asked for by name. */
  readonly automatic: boolean;
  /** Why these options rule it out, started before or not. */
  refuses?(options: StartOptions): string | undefined;
  start(options: StartOptions): Promise<StartedBackend>;
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
    async start(options) {
      const { heap, threads } = await startWasm(options);
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
