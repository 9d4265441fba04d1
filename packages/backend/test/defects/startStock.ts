import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { registerGradients } from "../../src/registerGradients.ts";
import { importStockWebgpu } from "./stockWebgpu.ts";

export type StockName = "cpu" | "wasm" | "webgpu";

/** tfjs's own backend without any of our repairs. */
export async function startStock(name: StockName): Promise<void> {
  await registerGradients();
  if (name === "webgpu") await importStockWebgpu();
  await tf.setBackend(name);
}
