// npm run bench -- kernels: our SIMD convolutions beside the best that stock tfjs-backend-wasm can do with its own, on one heap and in one process.
import { selectBackend } from "@mammo/backend";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { speedup } from "../harness/comparison.ts";
import type { Bench, Harness } from "../harness/harness.ts";

/** A convolution 3x3 "same", stride 1. */
interface Shape {
  readonly name: string;
  readonly x: readonly [batch: number, rows: number, columns: number, channels: number];
  readonly filters: number;
}

const shapes: readonly Shape[] = [
  { name: "64 to 64 channels, 288 x 224", x: [1, 288, 224, 64], filters: 64 },
  { name: "8 to 8 channels, 1200 x 800", x: [1, 1200, 800, 8], filters: 8 },
  { name: "1 to 8 channels, 1200 x 800", x: [1, 1200, 800, 1], filters: 8 },
];
const convolution = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1, dimRoundingMode: null };

export const bench: Bench = {
  name: "kernels",
  async run(harness) {
    // Before selectBackend puts ours in their place.
    tf.registerKernel({ ...tf.getKernel("Conv2D", "wasm"), kernelName: "StockConv2D" });
    const { threads, simd } = await selectBackend({ prefer: "wasm" });
    harness.note(`On wasm with ${threads} threads, ${simd}; stock kernels are XNNPACK's, with as many threads and without relaxed SIMD.`);
    for (const shape of harness.quick ? shapes.slice(0, 1) : shapes) await timeShape(harness, shape);
  },
};

async function timeShape(harness: Harness, { name, x: xShape, filters }: Shape): Promise<void> {
  const [batch, rows, columns, channels] = xShape;
  const x = tf.randomNormal([...xShape]);
  const dy = tf.randomNormal([batch, rows, columns, filters]);
  const filter = tf.randomNormal([3, 3, channels, filters]);
  const work = (2 * 9 * batch * rows * columns * channels * filters) / 1e9;
  const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: object = {}) =>
    tf.engine().runKernel(kernel, inputs, { ...convolution, ...attributes } as never) as tf.Tensor;
  const contender = (name: string, compute: () => tf.Tensor) => ({ name, compute });

  const forward = [contender("ours", () => run("Conv2D", { x, filter })), contender("stock", () => run("StockConv2D", { x, filter }))];
  const inputGradient = [
    contender("ours", () => run("Conv2DBackpropInput", { dy, filter }, { inputShape: xShape })),
    contender("stock, as a convolution with the flipped filter", () => {
      const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
      return run("StockConv2D", { x: dy, filter: flipped });
    }),
  ];
  const filterGradient = [
    contender("ours", () => run("Conv2DBackpropFilter", { x, dy }, { filterShape: filter.shape })),
    contender("im2col and matMul", () => {
      const padded = tf.pad(x, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]);
      const taps = Array.from({ length: 9 }, (_, tap) => tf.slice(padded, [0, Math.floor(tap / 3), tap % 3, 0], [...xShape]));
      const windows = tf.reshape(tf.concat(taps, 3), [-1, 9 * channels]);
      // Transposed beforehand: with matMul's own flag stock wasm leaves XNNPACK for a plain loop.
      return tf.matMul(tf.transpose(windows), tf.reshape(dy, [-1, filters]));
    }),
  ];
  for (const [task, computations] of Object.entries({ forward, "gradient of the input": inputGradient, "gradient of the filter": filterGradient })) {
    requireSameValues(computations);
    const contenders = computations.map(({ name, compute }) => ({ name, work, iterate: () => tf.tidy(() => void compute().dataSync()) }));
    const comparison = await harness.compare(`3x3, ${name}: ${task}`, contenders, { unit: "GFLOP" });
    harness.threshold(
      `kernels.${channels}-${filters}.${task.replaceAll(" ", "-")}.speedup`,
      speedup(comparison, "ours", computations[1]!.name),
      ">=",
      1,
    );
  }
  tf.dispose([x, dy, filter]);
}

/** Times mean nothing where the values differ. */
function requireSameValues(computations: readonly { readonly name: string; readonly compute: () => tf.Tensor }[]): void {
  const [first, ...others] = computations.map(({ compute }) => tf.tidy(() => tf.reshape(compute(), [-1]).dataSync<"float32">()));
  for (const [index, other] of others.entries()) {
    const apart = other.reduce((most, value, i) => Math.max(most, Math.abs(value - first![i]!)), 0);
    // Sums of up to a million products of normal numbers in float32.
    if (!(apart < 0.5)) throw new Error(`Expected ${computations[index + 1]!.name} to compute what ours does, got a difference of ${apart}`);
  }
}
