import { openDawn } from "../../src/webgpu/dawn.ts";

/** Imports tfjs's WebGPU backend as its users would in Node: with `navigator.gpu` in place before, so that it registers itself. */
export async function importStockWebgpu(): Promise<void> {
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { gpu: await openDawn() } });
  await import("@tensorflow/tfjs-backend-webgpu");
}
