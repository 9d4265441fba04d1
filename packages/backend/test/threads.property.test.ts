import { conv2d, type Reference } from "@mammo/testing/reference";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../src/index.ts";

describe("convolution on two threads", () => {
  beforeAll(async () => {
    await selectBackend({ prefer: "wasm", threads: 2 });
  });

  const side = fc.integer({ min: 1, max: 40 });
  const channels = fc.integer({ min: 1, max: 20 });
  const shapes = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    rows: side,
    columns: side,
    inputs: channels,
    outputs: channels,
    high: fc.constantFrom(1, 2, 3, 5),
    wide: fc.constantFrom(1, 2, 3, 5),
    stride: fc.constantFrom(1, 2, 3),
  });

  it("is its definition, for any shape", () => {
    fc.assert(
      fc.property(
        shapes,
        fc.constantFrom("same" as const, "valid" as const),
        ({ batch, rows, columns, inputs, outputs, high, wide, stride }, pad) => {
          fc.pre(pad === "same" || (rows >= high && columns >= wide));
          const [x, filter] = [
            [batch, rows, columns, inputs],
            [high, wide, inputs, outputs],
          ].map((shape, k) => {
            const count = shape.reduce((product, s) => product * s, 1);
            return { shape, values: Float64Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * (1.1 + k)))) };
          }) as unknown as [Reference, Reference];
          const wanted = conv2d(x, filter, { stride: [stride, stride], pad });
          const got = tf.tidy(() => {
            const [a, b] = [x, filter].map(({ values, shape }) =>
              tf.tensor(Float32Array.from(values), [...shape] as [number, number, number, number]),
            ) as [tf.Tensor4D, tf.Tensor4D];
            return tf.conv2d(a, b, stride, pad).dataSync();
          });
          const tolerance = 1e-6 * inputs * high * wide;
          wanted.values.forEach((value, i) => void (Math.abs(value - got[i]!) <= tolerance || expect(got[i]).toBe(value)));
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  it("gives the same bytes each time, also for gradients that are summed by tasks", () => {
    const x = tf.randomNormal([2, 60, 50, 8], 0, 1, "float32", 3) as tf.Tensor4D;
    const filter = tf.randomNormal([3, 3, 8, 16], 0, 1, "float32", 4);
    const once = () =>
      tf.tidy(() =>
        tf
          .grad((f) => tf.sum(tf.square(tf.conv2d(x, f as tf.Tensor4D, 1, "same"))))(filter)
          .dataSync(),
      );
    const first = once();
    for (let i = 0; i < 20; i++) expect(once()).toEqual(first);
    tf.dispose([x, filter]);
  });
});
