import { type BackendName, selectBackend } from "@mammo/backend";
import { expectClose, golden, hasTfjsNode } from "@mammo/testing";
import {
  adam,
  addWeightDecay,
  clipByGlobalNorm,
  disposeOptimizer,
  ema,
  initOptimizer,
  type Loss,
  momentum,
  type OptimizerState,
  scaleByAdam,
  sgd,
  type Trainable,
  type Transform,
  trainStep,
  warmupCosine,
} from "@mammo/train";
import { addN, mul, type Scalar, sum, tensor, tidy, type Variable, variable } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

type Track = readonly Readonly<Record<string, number[]>>[];
interface Golden {
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly adam: Track;
  readonly adamBetas: Track;
  readonly adamw: Track;
  readonly adamClipped: Track;
  readonly sgd: Track;
  readonly sgdMomentum: Track;
  readonly ema: Track;
  readonly cosine: number[];
}
const torch = golden<Golden>("optimizers", import.meta.url);

/** The reference's hashed numbers. */
function hashed(name: string, step: number) {
  const shape = torch.shapes[name]!;
  const size = shape.reduce((product, side) => product * side, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + 0.9 * step + name.length) * (1 + (((step % 3) + 3) % 3))),
    shape,
    "float32",
  );
}

function model(): Trainable {
  const params: Record<string, Variable> = {};
  for (const name of Object.keys(torch.shapes)) params[name] = tidy(() => variable(hashed(name, -1)));
  return { params, buffers: {} };
}

/** Linear in the parameters, so that its gradient is the hashed tensor itself. */
const loss: Loss<Trainable, number> = ({ params }, step) =>
  addN(Object.entries(params).map(([name, param]) => sum<Scalar>(mul(param, hashed(name, step))))) as Scalar;

const cases: readonly [name: Exclude<keyof Golden, "shapes" | "ema" | "cosine">, transform: Transform][] = [
  ["adam", adam({ learningRate: 1e-2 })],
  ["adamBetas", adam({ learningRate: 1e-2, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 })],
  ["adamw", adam({ learningRate: 1e-2, weightDecay: 0.1 })],
  ["adamClipped", adam({ learningRate: 1e-2, clipNorm: 1.5 })],
  ["sgd", sgd({ learningRate: 1e-2 })],
  ["sgdMomentum", sgd({ learningRate: 1e-2, weightDecay: 0.1, momentum: 0.9 })],
];

function judgeUpdates(prefer: BackendName): void {
  beforeAll(() => selectBackend({ prefer }));

  it.each(cases)("%s", async (name, transform) => {
    const trained = model();
    let state = initOptimizer(transform, trained);
    for (const [step, expected] of torch[name].entries()) {
      ({ state } = await trainStep(trained, step, { loss, transform, state, step }));
      for (const [param, values] of Object.entries(expected)) {
        expectClose(trained.params[param]!.dataSync(), values, { absolute: 2e-6, relative: 2e-6 });
      }
    }
    disposeOptimizer(state);
  });

  it("ema, step by step", () => {
    const averaged = model();
    const average = ema(averaged, { decay: 0.9 });
    for (const [step, expected] of torch.ema.entries()) {
      for (const [name, param] of Object.entries(averaged.params)) tidy(() => param.assign(hashed(name, step)));
      average.update(averaged, step + 1);
      for (const [name, values] of Object.entries(expected)) expectClose(average.weights[name]!.dataSync(), values, { absolute: 1e-6 });
    }
    average.dispose();
  });
}

it("decay and momentum by factors of 1 and 2, by hand", async () => {
  await selectBackend({ prefer: "cpu" });
  tidy(() => {
    const [grad, param] = [tensor([3, -5]), tensor([10, 20])];
    for (const rate of [1, 2]) {
      const decayed = addWeightDecay(rate, (name) => name === "a").update(
        { a: grad, b: grad },
        { state: {}, params: { a: param, b: param }, step: 0 },
      );
      expect(Array.from(decayed.updates["a"]!.dataSync())).toEqual([3 + 10 * rate, -5 + 20 * rate]);
      expect(Array.from(decayed.updates["b"]!.dataSync())).toEqual([3, -5]);
      const moved = momentum(rate).update({ a: grad }, { state: { "trace:a": param }, params: {}, step: 0 });
      expect(Array.from(moved.updates["a"]!.dataSync())).toEqual([10 * rate + 3, 20 * rate - 5]);
    }
    // A norm of 5 stays at most at 5, and is brought to 1 as it is.
    for (const [max, expected] of [[5, [3, -4]], [6, [3, -4]], [1, [0.6, -0.8]]] as const) // biome-ignore format: one row
      expectClose(
        clipByGlobalNorm(max)
          .update({ a: tensor([3]), b: tensor([-4]) }, { state: {}, params: {}, step: 0 })
          .updates["a"]!.dataSync(),
        [expected[0]],
        { absolute: 1e-6 },
      );
    // The norm of one tensor is its own; that of none is 0.
    const clipped = clipByGlobalNorm(1).update({ a: tensor([3, -4]) }, { state: {}, params: {}, step: 0 }).updates["a"]!;
    expectClose(clipped.dataSync(), [0.6, -0.8], { absolute: 1e-6 });
    expect(clipByGlobalNorm(1).update({}, { state: {}, params: {}, step: 0 }).updates).toEqual({});
  });
});

it("a parameter whose memory init has not made is refused by name", async () => {
  await selectBackend({ prefer: "cpu" });
  tidy(() => {
    const grad = tensor([1]);
    const update = (transform: Transform, state: OptimizerState) => () => transform.update({ a: grad }, { state, params: { a: grad }, step: 0 });
    const whole = { "adam/m:a": grad, "adam/v:a": grad, "adam/count:a": 0 };
    expect(update(scaleByAdam(), whole)).not.toThrow();
    for (const name of Object.keys(whole)) {
      const { [name as "adam/m:a"]: _, ...rest } = whole;
      expect(update(scaleByAdam(), rest)).toThrow("Expected state made by init for a, got none");
    }
    expect(update(momentum(0.9), {})).toThrow("Expected state made by init for a, got none");
  });
});

const title = "updates on %s against PyTorch, step by step";
describe.each(["cpu", "wasm"] as const)(title, judgeUpdates);
describe.skipIf(!hasTfjsNode()).each(["tensorflow"] as const)(`${title} (needs MAMMO_TEST_TFJS_NODE)`, judgeUpdates);

it("warmupCosine without warm-up is PyTorch's CosineAnnealingLR", () => {
  const schedule = warmupCosine({ peak: 0.5, warmup: 0, total: 20 });
  expectClose(
    torch.cosine.map((_, step) => schedule(step)),
    torch.cosine,
    { absolute: 1e-12 },
  );
  expect(schedule(30)).toBe(0);
});
