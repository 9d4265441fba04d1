import { selectBackend } from "@mammo/backend";
import { expectNoLeak } from "@mammo/testing";
import {
  curveTrend,
  diagnose,
  disposeOptimizer,
  initOptimizer,
  type Loss,
  type ObservedStep,
  sgd,
  type Trainable,
  trainStage,
  trainStep,
} from "@mammo/train";
import { add, div, matMul, mean, mul, relu, type Scalar, square, sub, type Tensor2D, tensor, tensor2d, tidy, variable } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { conditionOf } from "../src/dynamics/condition.ts";
import { summarizeNumbers } from "../src/dynamics/numbers.ts";
import { type TinyBatch, type TinyModel, tinyBatch, tinyModel } from "./tinyModel.ts";

beforeAll(async () => {
  await selectBackend({ prefer: "cpu" });
});

describe("summarizeNumbers", () => {
  it("by hand", () => {
    expect(summarizeNumbers([-1, 0, 1, 2])).toEqual({
      ...{ count: 4, norm: Math.sqrt(6), mean: 0.5, deviation: Math.sqrt(1.25), min: -1, max: 2 },
      histogram: Array.from({ length: 30 }, (_, bin) => (bin % 10 === 0 || bin === 29 ? 1 : 0)),
    });
    expect(summarizeNumbers([0, 0.5, 10]).histogram.flatMap((count, bin) => (count > 0 ? [bin] : []))).toEqual([0, 1, 29]);
    expect(summarizeNumbers([3, 3])).toMatchObject({ deviation: 0, histogram: [2] });
    expect(summarizeNumbers([])).toEqual({ count: 0, norm: 0, mean: 0, deviation: 0, min: 0, max: 0, histogram: [] });
  });
});

describe("conditionOf", () => {
  it.each<[what: string, values: number[], units: number, condition: number | undefined]>([
    ["a diagonal", [4, 0, 0, 0, -2, 0, 0, 0, 1], 3, 4],
    // Singular values of [[1, 1], [0, 1]] are the golden ratio and its inverse.
    ["a shear", [1, 1, 0, 1], 2, ((1 + Math.sqrt(5)) / 2) ** 2],
    ["more inputs than units", [3, 0, 0, 1, 0, 0], 2, 3],
    ["more units than inputs", [3, 0, 0, 0, 1, 0], 3, 3],
    ["units that depend on each other", [1, 2, 2, 4], 2, Number.POSITIVE_INFINITY],
    ["one unit", [1, 2, 3], 1, undefined],
    ["one input", [1, 2, 3], 3, undefined],
    ["64 x 64", Array.from({ length: 64 * 64 }, (_, at) => (at % 65 === 0 ? 1 + at : 0)), 64, 4096],
    ["65 x 65", new Array(65 * 65).fill(1), 65, undefined],
  ])("%s", (_, values, units, condition) => {
    if (condition === undefined || condition === Infinity) expect(conditionOf(values, units)).toBe(condition);
    else expect(conditionOf(values, units)).toBeCloseTo(condition, 10);
  });
});

describe("trainStep, observed", () => {
  /** relu(x W + b) summed against a target: unit 0 lives, unit 1 is dead by its bias. */
  const dense = (): Trainable => ({
    params: { "layer/kernel": tidy(() => variable(tensor2d([[1, 1]]))), "layer/bias": tidy(() => variable(tensor([0, -100]))) },
    buffers: {},
  });
  const loss: Loss<Trainable, { x: Tensor2D }> = ({ params }, { x }) =>
    mean(square(sub(relu(add(matMul(x, params["layer/kernel"]!), params["layer/bias"]!)), 1)));

  it("gives weights, gradients, updates and units by hand", async () => {
    await expectNoLeak(async () => {
      const [model, x, transform] = [dense(), tensor2d([[2], [-1]]), sgd({ learningRate: 0.1 })];
      const state = initOptimizer(transform, model);
      const result = await trainStep(model, { x }, { loss, transform, state, step: 0, observe: true });
      // Outputs [[2, 0], [0, 0]]; of the mean of four squares only the first moves: 2 (2 - 1) / 4 = 0.5 by its input 2.
      const [kernel, bias] = result.dynamics!.parameters;
      expect(kernel).toMatchObject({ name: "layer/kernel", units: 2, unitsWithoutGradient: 1 });
      expect(kernel!.gradient).toMatchObject({ max: 1, min: 0, norm: 1 });
      expect(kernel!.weights).toMatchObject({ count: 2, norm: Math.sqrt(2), mean: 1 });
      expect(kernel!.updateRatio).toBeCloseTo(0.1 / Math.sqrt(2), 6);
      expect(bias).toMatchObject({ name: "layer/bias", gradient: { max: 0.5 }, weights: { min: -100 }, units: 2, unitsWithoutGradient: 1 });
      expect(result.gradientNorm).toBeCloseTo(Math.hypot(1, 0.5), 6);
      expect(result.dynamics!.activations).toEqual([{ name: "layer", mean: 0.5, deviation: Math.sqrt(0.75), zeros: 0.75, units: 2, deadUnits: 1 }]);
      for (const weight of Object.values(model.params)) weight.dispose();
      disposeOptimizer(result.state);
      x.dispose();
    });
  });

  it("names a layer by its own weights where these were folded before it, and the batch's own ReLU the input's", async () => {
    await expectNoLeak(async () => {
      const params = {
        "one/kernel": tidy(() => variable(tensor2d([[1, 2]]))),
        "two/kernel": tidy(() => variable(tensor2d([1, 0, 0, 1], [2, 2]))),
      };
      const buffers = { "one/variance": tidy(() => variable(tensor([2, 3]))), "two/variance": tidy(() => variable(tensor([1, 1]))) };
      const folded = (layer: "one" | "two") => mul(params[`${layer}/kernel`], div(buffers[`${layer}/variance`], 2)) as Tensor2D;
      const twoLayers: Loss<Trainable, { x: Tensor2D }> = (_, { x }) => mean(relu(matMul(relu(matMul(relu(x), folded("one"))), folded("two"))));
      const [model, x, transform] = [{ params, buffers }, tensor2d([[1], [2]]), sgd({ learningRate: 0.1 })];
      const { dynamics, state } = await trainStep(
        model,
        { x },
        {
          ...{ loss: twoLayers, transform, state: initOptimizer(transform, model), step: 0, observe: true },
        },
      );
      expect(dynamics!.activations.map(({ name }) => name)).toEqual(["input", "one", "two"]);
      for (const weight of Object.values({ ...params, ...buffers })) weight.dispose();
      disposeOptimizer(state);
      x.dispose();
    });
  });

  it("moves the model as one that is not", async () => {
    const squares: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => mean<Scalar>(square(sub(model.apply(images, mode), labels)));
    const after = async (observe: boolean) => {
      const [model, batch, transform] = [tinyModel(), tinyBatch(0), sgd({ learningRate: 0.1, momentum: 0.9 })];
      let state = initOptimizer(transform, model);
      for (const step of [0, 1, 2]) ({ state } = await trainStep(model, batch, { loss: squares, transform, state, step, observe }));
      return Object.values({ ...model.params, ...model.buffers }).map((weight) => [...weight.dataSync()]);
    };
    expect(await after(true)).toEqual(await after(false));
  });
});

describe("diagnose", () => {
  /** Two layers of ReLU; the second is dead by its bias, or has one unit of two that lives. */
  const net = (bias: readonly [number, number]): Trainable => ({
    params: {
      "first/kernel": tidy(() => variable(tensor2d([[1, -1]]))),
      "second/kernel": tidy(() => variable(tensor2d([1, 0.5, 0.5, 1], [2, 2]))),
      "second/bias": tidy(() => variable(tensor([...bias]))),
    },
    buffers: {},
  });
  const loss: Loss<Trainable, { x: Tensor2D }> = ({ params }, { x }) => {
    const hidden = relu(matMul(x, params["first/kernel"]!));
    return mean(square(sub(relu(add(matMul(hidden, params["second/kernel"]!), params["second/bias"]!)), 1)));
  };
  const observed = async (bias: readonly [number, number]): Promise<ObservedStep[]> => {
    const model = net(bias);
    const batch = () => ({ x: tensor2d([[2], [-1]]) });
    const steps: ObservedStep[] = [];
    const stage = { name: "S1", steps: 6, loss, batch, transform: sgd({ learningRate: 0.01 }) };
    for await (const { dynamics, ...at } of trainStage(model, stage, { observe: () => true })) steps.push({ ...at, time: 0, ...dynamics! });
    for (const weight of Object.values(model.params)) weight.dispose();
    return steps;
  };

  it("names a dead layer and one that is half dead, and nothing in a sound net", async () => {
    expect(diagnose(await observed([-100, -100]))).toContainEqual({
      ...{ stage: "S1", layer: "second", kind: "dead" },
      text: "dead: all 2 units are zero for whole batches, so nothing is learned through them",
    });
    expect(diagnose(await observed([0, -100]))).toEqual([
      { stage: "S1", layer: "second", kind: "mostly-dead", text: "1 of 2 units are zero for whole batches" },
    ]);
    expect(diagnose(await observed([0, 0]))).toEqual([]);
    expect(diagnose([])).toEqual([]);
  });

  const seen = (name: string, updateRatio: number, slope = 1) => ({
    ...{ name, updateRatio, units: 2, unitsWithoutGradient: 0 },
    weights: summarizeNumbers([1, 1]),
    gradient: summarizeNumbers([slope, slope]),
  });
  const at = (step: number, parameters: ObservedStep["parameters"], value = 1): ObservedStep => ({
    ...{ stage: "S", step, time: 0, loss: value, gradientNorm: 1, parameters, activations: [] },
  });
  const kinds = (steps: readonly ObservedStep[]) => diagnose(steps).map(({ kind, layer }) => `${kind} ${layer}`);

  it("tells kernels that hardly move from ones that move wildly; biases may", () => {
    const steps = [1, 2, 3].map((step) =>
      at(step, [seen("a/kernel", 0.9e-6), seen("b/kernel", 1.1e-6), seen("c/kernel", 0.099), seen("d/kernel", 0.101), seen("e/bias", 0.5)]),
    );
    expect(kinds(steps)).toEqual(["still a/kernel", "wild d/kernel"]);
  });

  it("judges by the lower median of the later half", () => {
    const updates = (...ratios: readonly number[]) => ratios.map((ratio, index) => at(index + 1, [seen("a/kernel", ratio)]));
    expect(kinds(updates(1e-3, 1e-3, 1e-7, 1e-3))).toEqual(["still a/kernel"]);
    expect(kinds(updates(1e-7, 1e-7, 1e-3, 1e-3))).toEqual([]);
    expect(kinds(updates(1e-7, 1e-3, 1e-3))).toEqual([]);
  });

  it("tells a gradient that vanishes on the way to the first layer", () => {
    const steps = (slope: number) => [1, 2].map((step) => at(step, [seen("a/kernel", 1e-3, slope), seen("b/kernel", 1e-3), seen("c/kernel", 1e-3)]));
    expect(kinds(steps(0.9e-4))).toEqual(["vanishing a/kernel"]);
    expect(kinds(steps(1.1e-4))).toEqual([]);
    const spent = [1, 2].map((step) =>
      at(
        step,
        ["a", "b", "c"].map((name) => seen(`${name}/kernel`, 1e-3, 0)),
      ),
    );
    expect(kinds(spent)).toEqual([]); // none anywhere: it vanishes on no way
  });

  it("tells a loss that rises, by quarters, each stage by itself", () => {
    const falling = Array.from({ length: 8 }, (_, index) => at(index + 1, [], 8 - index));
    expect(kinds(falling)).toEqual([]);
    // Of nine steps the quarters are two: [9, 1, ... 1, 8] ends at or below where it began by the lower median.
    expect(kinds([9, 1, 1, 1, 1, 1, 1, 2, 8].map((value, index) => at(index + 1, [], value)))).toEqual(["rising "]);
    expect(kinds([9, 1, 3, 1, 1, 1, 2, 1, 8].map((value, index) => at(index + 1, [], value)))).toEqual([]);
    expect(kinds([1, 9, 9, 1, 1, 1, 1, 2, 2].map((value, index) => at(index + 1, [], value)))).toEqual(["rising "]);
    expect(kinds([...falling, ...falling.map((one) => ({ ...one, stage: "T", loss: -one.loss }))])).toEqual(["rising "]);
  });
});

describe("curveTrend", () => {
  it("by hand: a line is noiseless and falls, noise alone is level", () => {
    const line = Array.from({ length: 12 }, (_, index) => 12 - index);
    // Neighbors differ by 1: the noise of a slope counts half its square.
    expect(curveTrend(line)).toEqual({ noise: Math.SQRT1_2, change: -3, isLevel: false });
    expect(curveTrend(line.map((_, index) => (index % 2 ? 1 : -1)))).toMatchObject({ noise: Math.SQRT2, isLevel: true });
    // Of eleven values the last third is three.
    expect(curveTrend([5, 5, 5, 5, 5, 5, 5, 9, 1, 2, 3])).toMatchObject({ change: 2 });
    expect(curveTrend([1, 1, 1, 1, 1, 1, 1, 1, 1])).toEqual({ noise: 0, change: 0, isLevel: true });
    expect(curveTrend([1, 1, 1, 1, 1, 1, 1, 1])).toBeUndefined();
  });
});
