import { BackendError } from "../errors.ts";
import type { GpuDevice } from "./gpu.ts";

/** The part of tfjs's WebGPU backend that reads values for the program. */
interface Reader {
  read(dataId: object): Promise<unknown>;
}

/**
 * Makes the next reading of values throw the errors that the GPU has reported since the last one.
 *
 * WebGPU reports a full memory, a buffer beyond the device's limits or a lost device beside the program's flow; tfjs 4.22 does not listen, and its
 * results are then zeros. All readings that were under way when the fault came throw it; those that start after one has thrown are free of it.
 */
export function reportFaults(backend: Reader, device: GpuDevice): void {
  let watch: { fault?: BackendError } = {};
  let lost: BackendError | undefined;
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault?.();
    watch.fault ??= faultOf(event.error);
  });
  void device.lost.then(({ reason, message }) => {
    // "destroyed": by this program.
    if (reason !== "destroyed") lost = new BackendError("gpu-failed", `Expected the GPU to stay, but it was lost: ${firstLine(message)}`);
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const mine = watch;
    const values = await read(dataId).catch((error: unknown) => {
      throw lost ?? mine.fault ?? error;
    });
    const fault = lost ?? mine.fault;
    if (!fault) return values;
    if (watch === mine) watch = {};
    throw fault;
  };
}

function faultOf(error: { readonly message: string }): BackendError {
  const full = error.constructor.name === "GPUOutOfMemoryError";
  return full
    ? new BackendError("out-of-memory", `Expected the GPU's memory to suffice, but: ${firstLine(error.message)}`)
    : new BackendError("gpu-failed", `Expected the GPU to take the work, but: ${firstLine(error.message)}`);
}

const firstLine = (text: string) => text.split("\n")[0];
