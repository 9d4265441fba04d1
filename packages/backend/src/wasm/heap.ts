import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";

/** The parts of tfjs's Emscripten module that we use. */
interface EmscriptenModule {
  readonly HEAPU8: Uint8Array;
  readonly wasmMemory?: WebAssembly.Memory;
  readonly asm: { readonly memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** tfjs's wasm backend as its kernels see it. */
export interface WasmBackend {
  readonly wasm: EmscriptenModule;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
}

/** The heap that tfjs's tensors live on. Addresses are bytes from its start. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Where a tensor's values begin. */
  address(tensor: TensorInfo): number;
  /** A float32 tensor with arbitrary contents, of the given shape. */
  output(shape: readonly number[]): TensorInfo;
  /** The tensor's values, a view that is valid until the next allocation. */
  floats(tensor: TensorInfo): Float32Array;
  integers(tensor: TensorInfo): Int32Array;
  /** Bytes for the time of `use`, freed after it. */
  scratch<T>(bytes: number, use: (address: number) => T): T;
  /** Bytes that are never freed. */
  keep(bytes: number): number;
}

/** Wraps the heap of a started backend and makes a full heap an error (stock tfjs writes to address 0 then). */
export function openHeap(backend: WasmBackend): Heap {
  const { wasm } = backend;
  const memory = wasm.wasmMemory ?? wasm.asm.memory;
  if (!memory) throw new BackendError("unavailable", "Expected tfjs-backend-wasm 4.22 to expose its WebAssembly.Memory, got none");
  // Emscripten's first call replaces the function by the real one, and would replace ours.
  wasm._free(wasm._malloc(16));
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = malloc(bytes) >>> 0;
    if (address === 0 && bytes > 0) throw outOfMemory(bytes, memory.buffer.byteLength);
    return address;
  };
  const address = (tensor: TensorInfo) => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  const size = (tensor: TensorInfo) => tensor.shape.reduce((product, side) => product * side, 1);
  return {
    memory,
    address,
    output: (shape) => backend.makeOutput(shape, "float32"),
    floats: (tensor) => new Float32Array(memory.buffer, address(tensor), size(tensor)),
    integers: (tensor) => new Int32Array(memory.buffer, address(tensor), size(tensor)),
    scratch(bytes, use) {
      const start = wasm._malloc(bytes);
      try {
        return use(start);
      } finally {
        wasm._free(start);
      }
    },
    keep: (bytes) => wasm._malloc(bytes),
  };
}

function outOfMemory(bytes: number, heap: number): BackendError {
  const mebi = (count: number) => Math.ceil(count / 2 ** 20);
  return new BackendError(
    "out-of-memory",
    `Expected ${mebi(bytes)} MiB of free WebAssembly heap, got none: it is ${mebi(heap)} MiB large and ends at 4096. Use a smaller batch, width or image, or another backend`,
  );
}
