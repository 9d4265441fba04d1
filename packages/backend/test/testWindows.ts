import { expectClose, expectNoLeak } from "@mammo/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type BackendName, selectBackend } from "../src/index.ts";

type Pair = readonly [number, number];
type Pads = [[number, number], [number, number], [number, number], [number, number]];
interface Window {
  readonly size: Pair;
  readonly stride: number;
  readonly pad: Pads;
  readonly rounding: "floor" | "round" | "ceil";
}
const [rows, columns, channels] = [5, 6, 2];
const pads = (top: number, bottom: number, left: number, right: number): Pads => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];
const none = pads(0, 0, 0, 0);

/** Windows whose padding or rounding stock kernels get wrong. */
const odd: readonly Window[] = [
  { size: [2, 2], stride: 2, pad: none, rounding: "ceil" },
  { size: [3, 3], stride: 2, pad: pads(1, 1, 1, 1), rounding: "ceil" },
  { size: [2, 3], stride: 2, pad: pads(0, 0, 1, 0), rounding: "round" },
  { size: [4, 1], stride: 5, pad: pads(2, 1, 0, 0), rounding: "round" },
  { size: [4, 1], stride: 5, pad: pads(1, 1, 0, 0), rounding: "ceil" },
  { size: [1, 1], stride: 1, pad: none, rounding: "floor" },
  { size: [1, 1], stride: 2, pad: none, rounding: "floor" },
  { size: [5, 6], stride: 1, pad: none, rounding: "floor" },
  { size: [7, 7], stride: 1, pad: pads(2, 2, 2, 2), rounding: "floor" },
];

/** All different, so that a maximum is one place. */
const values = Array.from({ length: rows * columns * channels }, (_, i) => ((i * 37) % 61) / 61 - 0.5);
const image = () => tf.tensor(values, [1, rows, columns, channels]) as tf.Tensor4D;

/** The places in `values` of each window that lie in the image, by the definition: windows row by row, then channels. */
function cells({ size, stride, pad, rounding }: Window): number[][] {
  const along = (side: number, window: number, [before, after]: Pair) => {
    const count = Math[rounding]((side + before + after - window) / stride) + 1;
    const all = Array.from({ length: count }, (_, index) => Array.from({ length: window }, (_, at) => index * stride - before + at));
    return all.map((places) => places.filter((at) => at >= 0 && at < side));
  };
  const [down, across] = [along(rows, size[0], pad[1]), along(columns, size[1], pad[2])];
  const each = Array.from({ length: channels }, (_, k) => k);
  return down.flatMap((some) =>
    across.flatMap((others) => each.map((k) => some.flatMap((r) => others.map((c) => (r * columns + c) * channels + k)))),
  );
}
const sum = (window: readonly number[], x: readonly number[]) => window.reduce((total, at) => total + x[at]!, 0);
const mean = (window: readonly number[], x: readonly number[]) => sum(window, x) / window.length;
const highest = (window: readonly number[], x: readonly number[]) => Math.max(...window.map((at) => x[at]!));

const activations = {
  relu6: (z: number) => Math.min(6, Math.max(0, z)),
  elu: (z: number) => (z > 0 ? z : Math.expm1(z)),
  sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
};

/** Windows at the edge of what fits, on one backend: repaired (value by definition, gradient by finite differences) or refused, never another value. */
export function testWindows(prefer: BackendName): void {
  describe(`odd windows on ${prefer}`, () => {
    beforeAll(() => selectBackend({ prefer, threads: 2 }));

    describe.each([
      ["avgPool", tf.avgPool, mean],
      ["maxPool", tf.maxPool, highest],
    ] as const)("%s", (_, pool, define) => {
      it.each(odd)("$size, stride $stride, padding $pad, $rounding", async (window) => {
        const { size, stride, pad, rounding } = window;
        const slow = (x: readonly number[]) => cells(window).map((one) => define(one, x));
        const weights = slow(values).map((_, i) => ((i * 11) % 7) + 1);
        const loss = (x: readonly number[]) => slow(x).reduce((total, y, i) => total + y * weights[i]!, 0);
        const differences = values.map((value, at) => (loss(values.with(at, value + 1e-4)) - loss(values.with(at, value - 1e-4))) / 2e-4);
        await expectNoLeak(() =>
          tf.tidy(() => {
            const compute = (x: tf.Tensor) => pool(x as tf.Tensor4D, [...size], stride, pad as never, rounding);
            const y = compute(image());
            expectClose(y.dataSync(), slow(values), { absolute: 1e-5 });
            expectClose(tf.grad(compute)(image(), tf.tensor(weights, y.shape)).dataSync(), differences, { absolute: 1e-3 });
          }),
        );
      });
    });

    it.each(odd)("conv2d, depthwise and fused: $size, stride $stride, padding $pad, $rounding", (window) => {
      const { size, stride, pad, rounding } = window;
      tf.tidy(() => {
        const filter = tf.ones([...size, channels, 1]) as tf.Tensor4D;
        const sums = cells(window).map((one) => sum(one, values));
        expectClose(tf.depthwiseConv2d(image(), filter, stride, pad as never, "NHWC", 1, rounding).dataSync(), sums, { absolute: 1e-5 });
        const both = sums.flatMap((one, i) => (i % 2 === 1 ? [one + sums[i - 1]!] : []));
        expectClose(tf.conv2d(image(), filter, stride, pad as never, "NHWC", 1, rounding).dataSync(), both, { absolute: 1e-5 });
        for (const [activation, define] of Object.entries(activations)) {
          const fused = tf.fused.conv2d({
            x: image(),
            filter,
            strides: stride,
            pad: pad as never,
            dimRoundingMode: rounding,
            activation: activation as "elu",
          });
          expectClose(fused.dataSync(), both.map(define), { absolute: 1e-5 });
        }
      });
    });

    const filterOf = (r: number, c: number) => tf.ones([r, c, channels, 1]) as tf.Tensor4D;
    it.each<[what: string, compute: () => tf.Tensor]>([
      ["conv2d with a filter of one row too many", () => tf.conv2d(image(), filterOf(6, 1), 1, "valid")],
      ["conv2d with a filter larger than the image", () => tf.conv2d(image(), filterOf(9, 9), 1, "valid")],
      ["conv2d with a dilated filter larger than the image", () => tf.conv2d(image(), filterOf(4, 4), 1, "valid", "NHWC", 2)],
      ["fused conv2d", () => tf.fused.conv2d({ x: image(), filter: filterOf(7, 8), strides: 1, pad: "valid", activation: "relu" })],
      ["depthwise conv2d", () => tf.depthwiseConv2d(image(), filterOf(1, 7), 1, "valid")],
      ["maxPool larger than the image", () => tf.maxPool(image(), [7, 8], 1, "valid")],
      ["maxPool one column larger", () => tf.maxPool(image(), [1, 7], 1, "valid")],
      ["avgPool larger than the image", () => tf.avgPool(image(), [6, 2], 2, "valid")],
      ["maxPool of the padding alone, 1x1", () => tf.maxPool(image(), 1, 1, 1, "floor")],
      ["avgPool of the padding alone, 1x1", () => tf.avgPool(image(), 1, 2, 1, "ceil")],
      ["avgPool of the padding alone, at the end", () => tf.avgPool(image(), 2, 4, pads(0, 2, 0, 0) as never, "ceil")],
      ["the gradient", () => tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 2, "floor"))(image())],
    ])("%s is refused, and the next operation is right", (_, compute) => {
      expect(() => tf.tidy(compute)).toThrow(/window of \w+ (that fits into the padded image|to see some of the image), got a window of \d+x\d+ on/);
      expect(() => tf.tidy(compute)).toThrow(RangeError);
      const whole = tf.tidy(() => tf.maxPool(image(), [5, 6], 1, "valid").dataSync());
      expectClose(
        whole,
        cells({ size: [5, 6], stride: 1, pad: none, rounding: "floor" }).map((one) => highest(one, values)),
        { absolute: 1e-6 },
      );
    });

    it("conv2d whose padding is wider than all its windows is right", () => {
      const x = tf.tensor(values.slice(0, 3), [1, 1, 3, 1]) as tf.Tensor4D;
      const y = tf.tidy(() => tf.conv2d(x, tf.ones([1, 1, 1, 1]) as tf.Tensor4D, 10, pads(0, 0, 5, 0) as never, "NHWC", 1, "floor"));
      expect([...y.dataSync()]).toEqual([0]);
    });
  });
}
