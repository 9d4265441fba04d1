import { type BackendName, selectBackend } from "@mammo/backend";
import { expectClose } from "@mammo/testing";
import { add, conv2d, dispose, grads, mul, relu, rsqrt, sub, type Tensor, type Tensor1D, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { batchNormTrain } from "../src/layers/batchNormTrain.ts";
import { foldedConv } from "../src/layers/foldedConv.ts";
import { noise } from "./noise.ts";
import { testConv } from "./testConv.ts";
import { testPieces } from "./testPieces.ts";

/** Our own gradients against the stock ones of plain operations, and against finite differences, on one backend. */
export function testLayers(backend: BackendName): void {
  beforeAll(() => selectBackend({ prefer: backend }));
  const input = <T extends Tensor>(name: string, shape: T["shape"]) => tidy(() => sub<T>(noise<T>(name, shape), 0.45));

  describe(`layers on ${backend}`, () => {
    testPieces();
    testConv();

    it.each([
      { pad: "same", size: 3, stride: 1 },
      { pad: "valid", size: 3, stride: 1 },
      { pad: "valid", size: 1, stride: 1 },
      { pad: "same", size: 3, stride: 2 },
      { pad: "valid", size: 3, stride: 2 },
    ] as const)(
      "foldedConv $size x $size $pad, stride $stride: value and gradients are those of convolution, bias and ReLU",
      ({ pad, size, stride }) => {
        const [x, filter, bias] = [input<Tensor4D>("x", [2, 7, 6, 3]), input<Tensor4D>("filter", [size, size, 3, 4]), input<Tensor1D>("bias", [4])];
        const plain = (x: Tensor, filter: Tensor, bias: Tensor) => relu(add(conv2d(x as Tensor4D, filter as Tensor4D, stride, pad), bias));
        const ours = (x: Tensor, filter: Tensor, bias: Tensor) => foldedConv(x as Tensor4D, filter as Tensor4D, bias as Tensor1D, { pad, stride });
        const y = plain(x, filter, bias);
        expectClose(
          tidy(() => ours(x, filter, bias).dataSync()),
          y.dataSync(),
          { absolute: 1e-5 },
        );
        const dy = input("dy", y.shape);
        const [expected, came] = [grads(plain)([x, filter, bias], dy), grads(ours)([x, filter, bias], dy)];
        for (const [index, grad] of expected.entries()) expectClose(came[index]!.dataSync(), grad.dataSync(), { absolute: 1e-4 });
        dispose([x, filter, bias, y, dy, ...expected, ...came]);
      },
    );

    it.each([true, false])("batchNormTrain (ReLU %s): moments, and gradients by finite differences", (withRelu) => {
      const [x, scale, offset] = [input<Tensor4D>("x", [2, 3, 4, 2]), input<Tensor1D>("scale", [2]), input<Tensor1D>("offset", [2])];
      const weights = input<Tensor4D>("weights", [2, 3, 4, 2]);
      let moments: number[][] = [];
      const ours = (x: Tensor, scale: Tensor, offset: Tensor) =>
        batchNormTrain(x as Tensor4D, scale as Tensor1D, offset as Tensor1D, {
          epsilon: 1e-3,
          relu: withRelu,
          onMoments: ({ mean, variance }) => {
            moments = [Array.from(mean.dataSync()), Array.from(variance.dataSync())];
          },
        });
      const came = grads(ours)([x, scale, offset], weights);
      const numbers = [x, scale, offset].map((tensor) => Array.from(tensor.dataSync()));
      const slow = (parts: readonly number[][]) => slowNorm(parts, { relu: withRelu, weights: Array.from(weights.dataSync()) });
      expectClose(moments[0]!, slow(numbers).mean, { absolute: 1e-6 });
      expectClose(moments[1]!, slow(numbers).variance, { absolute: 1e-6 });
      for (const [part, grad] of came.entries()) {
        const moved = (at: number, by: number) =>
          slow(numbers.map((list, index) => (index === part ? list.map((one, i) => (i === at ? one + by : one)) : list))).total;
        expectClose(
          grad.dataSync(),
          numbers[part]!.map((_, at) => (moved(at, 1e-6) - moved(at, -1e-6)) / 2e-6),
          { absolute: 2e-4, relative: 1e-3 },
        );
      }
      expect(came).toHaveLength(3);
      dispose([x, scale, offset, weights, ...came]);
    });

    it("a folded layer is a layer with its norm beside it", () => {
      tidy(() => {
        const [x, kernel] = [input<Tensor4D>("x", [1, 6, 6, 2]), input<Tensor4D>("kernel", [3, 3, 2, 3])];
        const [scale, offset, mean] = ["scale", "offset", "mean"].map((name) => input<Tensor1D>(name, [3])) as [Tensor1D, Tensor1D, Tensor1D];
        const variance = noise<Tensor1D>("variance", [3]);
        const slope = mul<Tensor1D>(scale, rsqrt(add(variance, 1e-3)));
        const apart = relu(add(mul(sub(conv2d(x, kernel, 1, "same"), mean), slope), offset));
        expectClose(foldedConv(x, mul(kernel, slope), sub(offset, mul(mean, slope)), { pad: "same" }).dataSync(), apart.dataSync(), {
          absolute: 2e-5,
        });
      });
    });
  });
}

/** The definition, in float64: x of two channels, channel fastest. */
function slowNorm([x, scale, offset]: readonly number[][], { relu: withRelu, weights }: { relu: boolean; weights: readonly number[] }) {
  const channel = (c: number) => x!.filter((_, index) => index % 2 === c);
  const mean = [0, 1].map((c) => channel(c).reduce((sum, one) => sum + one, 0) / channel(c).length);
  const variance = [0, 1].map((c) => channel(c).reduce((sum, one) => sum + (one - mean[c]!) ** 2, 0) / channel(c).length);
  const y = x!.map((one, index) => ((one - mean[index % 2]!) / Math.sqrt(variance[index % 2]! + 1e-3)) * scale![index % 2]! + offset![index % 2]!);
  return { mean, variance, total: y.reduce((sum, one, index) => sum + (withRelu ? Math.max(0, one) : one) * weights[index]!, 0) };
}
