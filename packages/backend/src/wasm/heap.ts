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
  disposeData(dataId: object): boolean;
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
  /** Frees the tensors that `use` has made with `output` where it throws: a kernel whose second allocation fails must not keep its first. */
  allOrNothing<T>(use: () => T): T;
  /** Bytes for the time of `use`, freed after it. */
  scratch<T>(bytes: number, use: (address: number) => T): T;
  /** Bytes that are never freed. */
  keep(bytes: number): number;
}

/**
 * Where tensors must end, 16 MiB before the heap does. Kernels, stock and ours, read a vector behind their tensors, which at the very end of 4 GiB is a trap;
 * and stock kernels do not check their own allocations.
 */
const LIMIT = 2 ** 32 - 2 ** 24;

/** Wraps the heap of a started backend and makes a full heap an error (stock tfjs writes to address 0 then). */
export function openHeap(backend: WasmBackend): Heap {
  const { wasm } = backend;
  const memory = wasm.wasmMemory ?? wasm.asm.memory;
  if (!memory) throw new BackendError("unavailable", "Expected tfjs-backend-wasm 4.22 to expose its WebAssembly.Memory, got none");
  // Emscripten's first call replaces the function by the real one, and would replace ours.
  wasm._free(wasm._malloc(16));
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    // Counts beyond 32 bits would wrap round to a small block, and its tensor would write over others.
    const address = bytes < LIMIT ? malloc(bytes) >>> 0 : 0;
    const fits = address + bytes <= LIMIT;
    if (address > 0 && !fits) wasm._free(address);
    if (bytes > 0 && (address === 0 || !fits)) throw outOfMemory(bytes, memory.buffer.byteLength);
    return address;
  };
  const address = (tensor: TensorInfo) => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  const size = (tensor: TensorInfo) => tensor.shape.reduce((product, side) => product * side, 1);
  let made: TensorInfo[] = [];
  return {
    memory,
    address,
    output(shape) {
      const tensor = backend.makeOutput(shape, "float32");
      made.push(tensor);
      return tensor;
    },
    allOrNothing(use) {
      made = [];
      try {
        return use();
      } catch (error) {
        for (const { dataId } of made) backend.disposeData(dataId);
        throw error;
      } finally {
        made = [];
      }
    },
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
    `Expected ${mebi(bytes)} MiB of free WebAssembly heap, got none: it is ${mebi(heap)} MiB large and ends at ${mebi(LIMIT)}. Use a smaller batch, width or image, or another backend`,
  );
}
