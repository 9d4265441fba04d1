import { maxPool as pool } from "@tensorflow/tfjs-core";
import type { Layer } from "./layer.ts";

/** Max pool, stride = size, valid: what does not fill a window at the bottom and right is left out. */
export function maxPool(size: number): Layer {
  return (x) => pool(x, size, size, "valid");
}
