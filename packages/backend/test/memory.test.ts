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

  it("refuses a tensor of more bytes than 32 bits can count, which would wrap round to a small one", () => {
    const heap = tf.backend() as unknown as { makeOutput(shape: number[], dtype: string): tf.TensorInfo };
    expect(() => heap.makeOutput([2 ** 30 + 4], "float32")).toThrow(expect.objectContaining({ code: "out-of-memory" }));
  });

  it("is as empty as before after a training step that ran out of it, wherever it did", () => {
    const heap = tf.backend() as unknown as {
      makeOutput(shape: number[], dtype: string): tf.TensorInfo;
      wasm: { _malloc(bytes: number): number; _free(address: number): void };
    };
    const hold = (mebi: number) => tf.engine().makeTensorFromTensorInfo(heap.makeOutput([mebi * 2 ** 18], "float32"));
    const fills = (mebi: number) => {
      const held: tf.Tensor[] = [];
      try {
        for (;;) held.push(hold(mebi));
      } catch {
        return held;
      }
    };
    const x = tf.randomNormal([1, 160, 128, 16]) as tf.Tensor4D; // 1.25 MiB, as each map below
    const filters = [tf.randomNormal([3, 3, 16, 16]), tf.randomNormal([3, 3, 16, 16])];
    const step = () =>
      tf.tidy(() => {
        const conv = (x: tf.Tensor, filter: tf.Tensor) => tf.relu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"));
        const gradients = tf.grads((...f: tf.Tensor[]) => tf.sum(tf.square(conv(conv(x, f[0]!), f[1]!))));
        return tf.stack(gradients(filters).map((gradient) => tf.sum(gradient))).dataSync();
      });
    const expected = step();
    const before = { tensors: tf.memory().numTensors, buffers: tf.memory().numDataBuffers };
    const held = fills(64);
    // Room for one map more each time: the step fails at another place, until it fits.
    const spare = fills(1);
    let failures = 0;
    for (let done = false; !done; ) {
      spare.pop()!.dispose();
      try {
        expect(step()).toEqual(expected);
        done = true;
      } catch (error) {
        expect(error).toMatchObject({ code: "out-of-memory" });
        failures++;
      }
      expect(tf.memory().numTensors).toBe(before.tensors + held.length + spare.length);
      expect(tf.memory().numDataBuffers).toBe(before.buffers + held.length + spare.length);
    }
    expect(failures).toBeGreaterThan(5);
    tf.dispose([...held, ...spare, x, ...filters]);
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
