import { selectBackend } from "@mammo/backend";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { type Tensor4D, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { channelSums } from "../src/layers/channelSums.ts";
import { hashStream } from "./hashStream.ts";

describe.each(["cpu", "wasm"] as const)("channelSums on %s", (prefer) => {
  it.each([
    [1, 1, 1, 1],
    [2, 7, 5, 3],
    [3, 40, 33, 8],
    [2, 9, 17, 12],
  ] as const)("%i x %i x %i x %i: the sums of a loop in float64", async (batch, rows, columns, channels) => {
    await selectBackend({ prefer });
    const next = hashStream(`${rows}`);
    const values = Float32Array.from({ length: batch * rows * columns * channels }, () => next() / 2 ** 31 - 1);
    const wanted = Array.from({ length: channels }, (_, channel) =>
      values.reduce((sum, value, at) => (at % channels === channel ? sum + value : sum), 0),
    );
    await expectNoLeak(() => {
      const got = tidy(() => channelSums(tensor4d(values, [batch, rows, columns, channels]) as Tensor4D).dataSync());
      expect(got).toHaveLength(channels);
      expectClose([...got], wanted, { absolute: 1e-5 * Math.sqrt(values.length) });
    });
  });
});
