import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../src/index.ts";

describe("the WebAssembly heap", () => {
  beforeAll(async () => {
    await selectBackend({ prefer: "wasm", threads: 2 });
  });

  it("names itself when it is full, and goes on working with what fits", () => {
    const held: tf.Tensor[] = [];
    // Never written to, so that the pages cost no real memory.
    let error: unknown;
    try {
      const heap = tf.backend() as unknown as { makeOutput(shape: number[], dtype: string): tf.TensorInfo };
      for (let i = 0; i < 8; i++) held.push(tf.engine().makeTensorFromTensorInfo(heap.makeOutput([2 ** 28], "float32")));
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      name: "BackendError",
      code: "out-of-memory",
      message: expect.stringContaining("1024 MiB of free WebAssembly heap"),
    });
    expect(held.length).toBeGreaterThanOrEqual(2);
    tf.dispose(held);
    const sum = tf.tidy(
      () => tf.sum(tf.conv2d(tf.ones([1, 8, 8, 4]) as tf.Tensor4D, tf.ones([3, 3, 4, 4]) as tf.Tensor4D, 1, "valid")).dataSync()[0],
    );
    expect(sum).toBe(36 * 36 * 4);
  });

  it("holds no tensor and no scratch after training steps", () => {
    const x = tf.randomNormal([2, 40, 30, 4]);
    const filter = tf.variable(tf.randomNormal([3, 3, 4, 8]));
    const step = () =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() =>
          tf.sum(tf.maxPool(tf.relu(tf.conv2d(x as tf.Tensor4D, filter as unknown as tf.Tensor4D, 1, "same")), 2, 2, "valid")),
        );
        filter.assign(tf.sub(filter, tf.mul(grads[filter.name]!, 0.01)));
      });
    for (let i = 0; i < 5; i++) step();
    const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
    const before = { tensors: tf.memory().numTensors, heap: heap() };
    for (let i = 0; i < 200; i++) step();
    expect({ tensors: tf.memory().numTensors, heap: heap() }).toEqual(before);
  });
});
