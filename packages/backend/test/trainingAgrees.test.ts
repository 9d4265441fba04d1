import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { type BackendName, selectBackend } from "../src/index.ts";

/** A pyramid as in a RetinaNet: strided and pooled levels, lateral 1x1, upsampling and sum, a shared head; 8 steps of plain descent. */
async function train(prefer: BackendName): Promise<{ losses: number[]; weights: number[] }> {
  await selectBackend({ prefer, threads: 2 });
  const shapes = [
    [3, 3, 1, 8],
    [3, 3, 8, 8],
    [3, 3, 8, 16],
    [1, 1, 8, 12],
    [1, 1, 16, 12],
    [3, 3, 12, 12],
    [3, 3, 12, 5],
  ];
  const wave = (shape: number[], step: number, scale: number) => {
    const count = shape.reduce((product, side) => product * side, 1);
    return tf.tensor(
      Float32Array.from({ length: count }, (_, i) => scale * Math.sin((i + 1) * step)),
      shape,
    );
  };
  const filters = shapes.map((shape, i) => tf.variable(wave(shape, 1.3 + i / 7, 1.4 / Math.sqrt(shape[0]! * shape[1]! * shape[2]!))));
  const x = wave([2, 26, 22, 1], 0.77, 1) as tf.Tensor4D;
  const target = tf.add(wave([2, 13, 11, 5], 0.39, 0.3), 0.7);
  const losses: number[] = [];
  for (let step = 0; step < 8; step++) {
    const loss = tf.tidy(() => {
      const conv = (input: tf.Tensor, filter: number, stride = 1) =>
        tf.conv2d(input as tf.Tensor4D, filters[filter] as unknown as tf.Tensor4D, stride, "same");
      const { value, grads } = tf.variableGrads(() => {
        const fine = tf.relu(conv(tf.maxPool(tf.relu(conv(x, 0)) as tf.Tensor4D, 2, 2, "valid"), 1)); // [2, 13, 11, 8]
        const coarse = tf.relu(conv(fine, 2, 2)); // [2, 7, 6, 16]
        const up = tf.slice(tf.image.resizeNearestNeighbor(conv(coarse, 4) as tf.Tensor4D, [14, 12]), [0, 0, 0, 0], [2, 13, 11, 12]);
        const head = conv(tf.relu(conv(tf.add(conv(fine, 3), up), 5)), 6); // [2, 13, 11, 5]
        return tf.mean(tf.square(tf.sub(head, target))) as tf.Scalar;
      });
      for (const filter of filters) filter.assign(tf.sub(filter, tf.mul(grads[filter.name]!, 0.35)));
      return value;
    });
    losses.push(loss.dataSync()[0]!);
    loss.dispose();
  }
  const weights = filters.flatMap((filter) => [...filter.dataSync()]);
  tf.dispose([x, target, ...filters]);
  return { losses, weights };
}

it("eight steps of a small pyramid agree between cpu and wasm to 1e-4", async () => {
  const cpu = await train("cpu");
  const wasm = await train("wasm");
  expect(cpu.losses.at(-1)).toBeLessThan(cpu.losses[0]! * 0.99);
  cpu.losses.forEach((loss, step) => void expect(wasm.losses[step]).toBeCloseTo(loss, 5));
  const apart = cpu.weights.map((weight, i) => Math.abs(weight - wasm.weights[i]!));
  expect(Math.max(...apart)).toBeLessThan(1e-4);
});
