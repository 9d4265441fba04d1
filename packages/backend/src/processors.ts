import { isNode, nodeModule } from "./node.ts";

/** Processors that this process may use. */
export function processors(): number {
  return Math.max(1, isNode() ? nodeModule("node:os").availableParallelism() : (navigator.hardwareConcurrency ?? 1));
}
