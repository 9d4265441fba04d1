import { expectClose } from "@mammo/testing";
import {
  add,
  conv2d,
  dispose,
  grads,
  mean,
  mul,
  relu,
  reshape,
  rsqrt,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  variableGrads,
} from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { type ConvOptions, conv, weightStore } from "../src/layers.ts";
import { noise } from "./noise.ts";

const epsilon = 1e-3;

/** The layer's options as plain operations: convolution, then the norm as it is defined, then the activation. */
function plain(x: Tensor, { kernel, scale, offset, bias }: Readonly<Record<string, Tensor>>, options: ConvOptions, training: boolean): Tensor {
  const { pad, stride = 1, norm = "batch", activation = "relu", groups = 2 } = options;
  const y = conv2d(x as Tensor4D, kernel as Tensor4D, stride, pad);
  const normalized = () => {
    if (norm === "none") return add(y, bias!);
    // Inference: the running statistics of a new layer are mean 0 and variance 1.
    if (norm === "batch" && !training) return add(mul(mul(y, rsqrt(1 + epsilon)), scale!), offset!);
    const [batch, rows, columns, channels] = y.shape;
    const shape = norm === "batch" ? y.shape : [batch, rows, columns, groups, channels / groups];
    const axes = norm === "batch" ? [0, 1, 2] : [1, 2, 4];
    const grouped = reshape(y, shape);
    const center = mean(grouped, axes, true);
    const spread = mean(square(sub(grouped, center)), axes, true);
    return add(mul(reshape(mul(sub(grouped, center), rsqrt(add(spread, epsilon))), y.shape), scale!), offset!);
  };
  return activation === "relu" ? relu(normalized()) : normalized();
}

const cases = (["batch", "group", "none"] as const).flatMap((norm) =>
  (["relu", "none"] as const).flatMap((activation) => [1, 2].map((stride) => ({ norm, activation, stride }))),
);

/** `conv` with each of its options against plain operations, on the backend that runs. */
export function testConv(): void {
  it.each(cases)("conv with norm $norm, activation $activation, stride $stride: values and gradients, in training and inference", (some) => {
    const store = weightStore(3);
    const options: ConvOptions = { inputs: 2, filters: 6, size: [3, 3], pad: "same", ...some };
    const layer = conv(store, "layer", options);
    const params = Object.fromEntries(Object.entries(store.params).map(([name, param]) => [name.replace("layer/", ""), param]));
    expect(Object.keys(params).sort()).toEqual(some.norm === "none" ? ["bias", "kernel"] : ["kernel", "offset", "scale"]);
    for (const [name, param] of Object.entries(params)) if (name !== "kernel") tidy(() => param.assign(add(noise(name, param.shape), 0.3)));
    const x = tidy(() => sub<Tensor4D>(noise<Tensor4D>("x", [2, 6, 5, 2]), 0.4));
    // Training comes last: it updates the running statistics.
    for (const training of [false, true]) {
      const expected = tidy(() => plain(x, params, options, training));
      expectClose(
        tidy(() => layer(x, { training }).dataSync()),
        expected.dataSync(),
        { absolute: 2e-5 },
      );
      const dy = tidy(() => sub(noise("dy", expected.shape), 0.5));
      const [wanted] = grads((x: Tensor) => plain(x, params, options, training))([x], dy) as [Tensor];
      const [came] = grads((x: Tensor) => layer(x as Tensor4D, { training }))([x], dy) as [Tensor];
      expectClose(came.dataSync(), wanted.dataSync(), { absolute: 1e-4 });
      const byParam = (run: () => Tensor) => variableGrads(() => sum<Scalar>(mul(run(), dy)), Object.values(params)).grads;
      const [wantedParams, cameParams] = [byParam(() => plain(x, params, options, training)), byParam(() => layer(x, { training }))];
      for (const [name, { name: own }] of Object.entries(params)) {
        expect(Array.from(cameParams[own]!.shape), name).toEqual(wantedParams[own]!.shape);
        expectClose(cameParams[own]!.dataSync(), wantedParams[own]!.dataSync(), { absolute: 2e-4 });
      }
      dispose([expected, dy, wanted, came, ...Object.values(wantedParams), ...Object.values(cameParams)]);
    }
    x.dispose();
    store.dispose();
  });

  it("conv takes the first values of its kernel and bias", () => {
    const store = weightStore(0);
    const bias = -Math.log((1 - 0.01) / 0.01); // focal loss's prior
    conv(store, "out", { inputs: 1, filters: 2, size: [1, 1], pad: "valid", norm: "none", init: () => Float32Array.of(0.25, 0.5), bias });
    expect(Array.from(store.params["out/kernel"]!.dataSync())).toEqual([0.25, 0.5]);
    expect(Array.from(store.params["out/bias"]!.dataSync())).toEqual([Math.fround(bias), Math.fround(bias)]);
    store.dispose();
  });
}
