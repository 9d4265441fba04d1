import { selectBackend } from "@mammo/backend";
import { expectNoLeak } from "@mammo/testing";
import { adam, disposeOptimizer, ema, initOptimizer, type Loss, sgd, type Trainable, type Transform, trainStep } from "@mammo/train";
import { addN, getKernel, mul, registerKernel, type Scalar, sum, type Tensor, tensor, tidy, unregisterKernel, variable } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { fusedKernel } from "../src/fusedKernel.ts";

/** From one value, over odd tails, to several tasks for several threads. */
const shapes = { "a/kernel": [1], "b/kernel": [3, 7], "c/offset": [64], "d/kernel": [3, 3, 64, 70] };
const wave = (shape: readonly number[], step: number) => {
  const size = shape.reduce((product, side) => product * side, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin((i + 1) * step)),
    [...shape],
  );
};

function model(): Trainable {
  const params = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tidy(() => variable(wave(shape, 0.7)))]));
  return { params, buffers: { "a/mean": tidy(() => variable(wave([5], 0.3))) } };
}

const loss: Loss<Trainable, number> = ({ params }, step) =>
  addN(
    Object.values(params).map((param) =>
      sum<Scalar>(
        mul(
          param,
          tidy(() => wave(param.shape, 1.1 + step / 7)),
        ),
      ),
    ),
  ) as Scalar;

/** All weights, the optimizer's state and averages after three steps. */
async function run(transform: Transform): Promise<Record<string, Float32Array>> {
  const trained = model();
  const average = ema(trained, { decay: 0.9 });
  let state = initOptimizer(transform, trained);
  for (const step of [0, 1, 2]) {
    ({ state } = await trainStep(trained, step, { loss, transform, state, step }));
    average.update(trained, step + 1);
  }
  const kept = { ...trained.params, ...state, ...Object.fromEntries(Object.entries(average.weights).map(([name, w]) => [`ema:${name}`, w])) };
  const values = Object.entries(kept).flatMap(([name, one]) => (typeof one === "number" ? [] : [[name, one.dataSync().slice() as Float32Array]]));
  disposeOptimizer(state);
  average.dispose();
  for (const weight of [...Object.values(trained.params), ...Object.values(trained.buffers)]) weight.dispose();
  return Object.fromEntries(values);
}

/** Runs `work` as on a backend that has no such kernels. */
async function without<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
  const kernels = names.map((name) => getKernel(name, "wasm"));
  for (const name of names) unregisterKernel(name, "wasm");
  try {
    return await work();
  } finally {
    for (const kernel of kernels) registerKernel(kernel);
  }
}

describe("updates in one pass, on wasm", () => {
  beforeAll(async () => {
    await selectBackend({ prefer: "wasm", threads: 2 });
  });

  it.each<[name: string, transform: Transform, kernels: string[]]>([
    ["Adam", adam({ learningRate: 1e-2 }), ["MammoAdam"]],
    ["AdamW with clipping", adam({ learningRate: 1e-2, weightDecay: 0.1, clipNorm: 1, epsilon: 1e-3 }), ["MammoAdam"]],
    ["SGD with decay and momentum", sgd({ learningRate: 1e-2, weightDecay: 0.1, momentum: 0.9 }), ["MammoWeightedSum"]],
    ["plain SGD and its average", sgd({ learningRate: 1e-2 }), ["MammoWeightedSum"]],
  ])("%s: the bits of plain operations, and no tensor left", async (_name, transform, kernels) => {
    const fused = await expectNoLeak(() => run(transform));
    const plain = await expectNoLeak(() => without(kernels, () => run(transform)));
    expect(Object.keys(fused).length).toBeGreaterThan(8);
    for (const [name, values] of Object.entries(plain)) expect(Buffer.from(fused[name]!.buffer).equals(Buffer.from(values.buffer)), name).toBe(true);
  });

  it("takes tensors of float32 and of one shape only", () => {
    tidy(() => {
      const [three, one, whole, row] = [tensor([1, 2, 3]), tensor([1]), tensor([1, 2, 3], [3], "int32"), tensor([[1, 2, 3]])];
      const found = (a: Tensor, b: Tensor) => fusedKernel("MammoWeightedSum", { a, b }) !== undefined;
      expect([found(three, three), found(three, one), found(three, row), found(three, whole), found(whole, whole)]).toEqual([
        ...[true, false, false, false, false],
      ]);
      expect(fusedKernel("NoSuchKernel", { a: three })).toBeUndefined();
    });
  });

  it.each([
    ["MammoAdam", adam({ learningRate: 1e-2 }), 3 * Object.keys(shapes).length],
    // Of a step: the momentum of each parameter, its average, and that of the mean.
    ["MammoWeightedSum", sgd({ learningRate: 1e-2, momentum: 0.9 }), 3 * (2 * Object.keys(shapes).length + 1)],
  ])("runs %s at all", async (name, transform, expected) => {
    const kernel = getKernel(name, "wasm");
    let calls = 0;
    unregisterKernel(name, "wasm");
    registerKernel({
      ...kernel,
      kernelFunc: (args) => {
        calls++;
        return kernel.kernelFunc(args);
      },
    });
    await run(transform);
    unregisterKernel(name, "wasm");
    registerKernel(kernel);
    expect(calls).toBe(expected);
  });
});
