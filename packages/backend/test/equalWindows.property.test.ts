import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectBackend } from "../src/index.ts";

/** Rows of an image: noise, then one pixel again and again, from either side; some are all canvas, some all noise. */
const images = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  rows: fc.integer({ min: 1, max: 14 }),
  columns: fc.integer({ min: 1, max: 50 }),
  channels: fc.constantFrom(1, 3, 4, 8, 9),
  outputs: fc.constantFrom(1, 4, 6, 8, 17),
  high: fc.constantFrom(1, 3, 5),
  wide: fc.constantFrom(1, 2, 3, 5),
  stride: fc.constantFrom(1, 2, 3),
  dilation: fc.constantFrom(1, 2),
  canvas: fc.constantFrom(0, -0, 0.25, Number.NaN),
  noise: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 14 }),
  /** Columns at both ends that are no canvas: what padding leaves there in the maps of a graph. */
  border: fc.integer({ min: 0, max: 3 }),
  fromRight: fc.boolean(),
  /** Channels in which pixels that are no canvas differ from it. */
  differ: fc.constantFrom("all", "first", "last"),
  relu: fc.boolean(),
  // 0 would be another one each time.
  seed: fc.integer({ min: 1, max: 1000 }),
});
type Sample = typeof images extends fc.Arbitrary<infer T> ? T : never;

function pixels({ batch, rows, columns, channels, canvas, noise, border, fromRight, differ }: Sample): Float32Array {
  return Float32Array.from({ length: batch * rows * columns * channels }, (_, at) => {
    const column = Math.floor(at / channels) % columns;
    const row = Math.floor(at / channels / columns);
    const isNoise = column < border || column >= columns - border || (fromRight ? columns - 1 - column : column) < noise[row % noise.length]!;
    const differs = differ === "all" || at % channels === (differ === "first" ? 0 : channels - 1);
    return isNoise && differs ? Math.sin(at + 1) : canvas + (at % channels) * 0.125;
  });
}

/** The convolution as FusedConv2D or, where stride and dilation do not go together, at dilation 1; and the gradient for its input, whose dy has the rows. */
function results(sample: Sample): readonly Float32Array[] {
  const { batch, rows, columns, channels, outputs, high, wide, stride, relu, seed } = sample;
  const dilations = stride > 1 ? 1 : sample.dilation;
  return tf.tidy(() => {
    const x = tf.tensor4d(pixels(sample), [batch, rows, columns, channels]);
    const filter = tf.randomNormal([high, wide, channels, outputs], 0, 1, "float32", seed) as tf.Tensor4D;
    const bias = tf.randomNormal([outputs], 0, 1, "float32", seed + 1);
    const activation = relu ? "relu" : "linear";
    const y = tf.fused.conv2d({ x, filter, bias, strides: stride, pad: "same", dilations, activation });
    const turned = tf.randomNormal([high, wide, outputs, channels], 0, 1, "float32", seed) as tf.Tensor4D;
    const dx = tf.conv2dTranspose(x, turned, [batch, rows, columns, outputs], 1, "same");
    return [y.dataSync(), dx.dataSync()] as Float32Array[];
  });
}

describe.each([1, 2])("convolutions on %i threads, of images with canvas", (threads) => {
  it("give the values of the whole computation, signs of zeros too, for any rows of equal pixels", async () => {
    await selectBackend({ prefer: "wasm", threads });
    let withCanvas = 0;
    fc.assert(
      fc.property(images, (sample) => {
        if (sample.noise.some((noise) => sample.columns - noise - sample.border > 8)) withCanvas++;
        tf.env().set("WASM_SKIP_EQUAL_WINDOWS", false);
        const whole = results(sample);
        tf.env().set("WASM_SKIP_EQUAL_WINDOWS", true);
        const skipped = results(sample);
        expect(skipped).toEqual(whole);
      }),
      { numRuns: 300, seed: threads },
    );
    expect(withCanvas).toBeGreaterThan(100);
  });
});
