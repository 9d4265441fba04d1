import { memory } from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/**
 * Runs `work` and expects as many tensors and data buffers afterwards as before it.
 *
 * Returns what `work` returns; a tensor in it would be a leak.
 *
 * @example const heatmap = await expectNoLeak(() => heatmapOf(model, image));
 */
export async function expectNoLeak<T>(work: () => T | Promise<T>): Promise<T> {
  const before = memory();
  const result = await work();
  const after = memory();
  expect({ tensors: after.numTensors - before.numTensors, dataBuffers: after.numDataBuffers - before.numDataBuffers }, "left behind").toEqual({
    tensors: 0,
    dataBuffers: 0,
  });
  return result;
}
