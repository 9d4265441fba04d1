import { selectBackend } from "@mammo/backend";
import { expectClose, expectNoLeak } from "@mammo/testing";
import {
  decodeCheckpoint,
  ema,
  initOptimizer,
  type Loss,
  restoreWeights,
  type Stage,
  sgd,
  type Trainable,
  trainStage,
  withWeights,
} from "@mammo/train";
import { add, dispose, mul, type Scalar, scalar, sum, type Tensor, tensor, tidy, type Variable, variable } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => selectBackend({ prefer: "cpu" }));

const held = (values: () => Tensor[]) => tidy(() => values().map((value) => variable(value))) as Variable[];

/** One parameter, one running mean, a count of steps and a flag. */
function counting(): Trainable & { dispose(): void } {
  const [kernel, mean, steps, flag] = held(() => [tensor([1, -2]), tensor([0.5]), tensor([7], [1], "int32"), tensor([1], [1], "bool")]);
  return {
    params: { "a/kernel": kernel! },
    buffers: { "a/mean": mean!, "a/steps": steps!, "a/flag": flag! },
    dispose: () => dispose([kernel!, mean!, steps!, flag!]),
  };
}
const valuesOf = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, one]) => [name, [one.dtype, ...one.dataSync()]]));
const set = (weight: Variable, values: number[]) => tidy(() => weight.assign(tensor(values, weight.shape, weight.dtype)));

describe("ema, by hand", () => {
  it("is decay · average + (1 − decay) · weights at every step", () => {
    const model = counting();
    const average = ema(model, { decay: 0.75 });
    for (const [step, value] of [5, -3, 1].entries()) {
      set(model.params["a/kernel"]!, [value, 2 * value]);
      average.update(model, step + 1);
    }
    // 1 -> 2 -> 0.75 -> 0.8125 and -2 -> 1 -> -0.75 -> -0.0625
    expectClose(average.weights["a/kernel"]!.dataSync(), [0.8125, -0.0625], { absolute: 1e-6 });
    average.dispose();
    model.dispose();
  });

  it("moves at multiples of `every`, and asks its schedule for updates 0, 1, 2, …", () => {
    const model = counting();
    const asked: number[] = [];
    const average = ema(model, { decay: (update) => 0.5 + 0 * asked.push(update), every: 3 });
    set(model.params["a/kernel"]!, [3, 0]);
    const seen = [1, 2, 3, 4, 5, 6].map((step) => {
      average.update(model, step);
      return average.weights["a/kernel"]!.dataSync()[0];
    });
    expect(seen).toEqual([1, 1, 2, 2, 2, 2.5]);
    expect(asked).toEqual([0, 1]);
    average.dispose();
    model.dispose();
  });

  it("follows at once with decay 0 and never with decay 1", () => {
    const model = counting();
    const [fast, slow] = [ema(model, { decay: 0 }), ema(model, { decay: 1 })];
    set(model.params["a/kernel"]!, [9, 9]);
    for (const average of [fast, slow]) average.update(model, 1);
    expect([...fast.weights["a/kernel"]!.dataSync(), ...slow.weights["a/kernel"]!.dataSync()]).toEqual([9, 9, 1, -2]);
  });
});

describe("buffers that are counts or flags", () => {
  it("are copied, never averaged, with their dtype", async () => {
    const model = counting();
    await expectNoLeak(async () => {
      const average = ema(model, { decay: 0.5 });
      set(model.buffers["a/steps"]!, [10]);
      set(model.buffers["a/mean"]!, [1.5]);
      set(model.buffers["a/flag"]!, [0]);
      average.update(model, 1);
      expect(valuesOf(average.weights)).toEqual({
        "a/kernel": ["float32", 1, -2],
        "a/mean": ["float32", 1],
        "a/steps": ["int32", 10],
        "a/flag": ["bool", 0],
      });
      const inside = await withWeights(model, average.weights, () => valuesOf({ ...model.params, ...model.buffers }));
      expect(inside).toEqual(valuesOf(average.weights));
      average.dispose();
    });
    model.dispose();
  });

  it("come back from a checkpoint as they were, in weights and average", async () => {
    const loss: Loss<Trainable, { x: Scalar }> = ({ params }, { x }) => sum<Scalar>(mul(params["a/kernel"]!, x));
    const stage: Stage<Trainable, { x: Scalar }> = {
      ...{ name: "S", steps: 3, batch: () => ({ x: scalar(1) }), transform: sgd({ learningRate: 0.1 }), ema: { decay: 0.5 } },
      loss(model, batch, mode) {
        tidy(() => model.buffers["a/steps"]!.assign(add(model.buffers["a/steps"]!, scalar(1, "int32"))));
        return loss(model, batch, mode);
      },
    };
    const run = async (stop: number, resume?: Uint8Array) => {
      const model = counting();
      let bytes = resume;
      for await (const report of trainStage(model, stage, { resume })) {
        bytes = await report.checkpoint();
        if (report.step === stop) break;
      }
      model.dispose();
      return bytes!;
    };
    const whole = await run(3);
    expect(Buffer.compare(await run(3, await run(1)), whole)).toBe(0);
    const { weights, ema: average } = decodeCheckpoint(whole);
    expect([weights["a/steps"], average!["a/steps"]]).toEqual(new Array(2).fill({ shape: [1], data: Int32Array.of(10) }));
    const model = counting();
    restoreWeights(model, average!);
    expect(valuesOf(model.buffers)).toMatchObject({ "a/steps": ["int32", 10], "a/flag": ["bool", 1] });
    model.dispose();
  });

  it("as parameters they are refused by name", () => {
    const { buffers } = counting();
    expect(() => initOptimizer(sgd({ learningRate: 1 }), { params: { "a/steps": buffers["a/steps"]! }, buffers: {} })).toThrow(
      "Expected parameters of float32, got a/steps of int32",
    );
  });
});

describe("what ema refuses", () => {
  it.each<[what: string, make: (model: Trainable) => unknown, message: string]>([
    ["half an interval", (model) => ema(model, { decay: 0.9, every: 0.5 }), "every to be a whole number of at least 1, got 0.5"],
    ["no interval", (model) => ema(model, { decay: 0.9, every: 0 }), "at least 1, got 0"],
    ["a decay above 1", (model) => ema(model, { decay: 1.5 }), "Expected a decay in [0, 1], got 1.5."],
    ["a negative decay", (model) => ema(model, { decay: -0.1 }), "got -0.1"],
    ["a decay of NaN", (model) => ema(model, { decay: Number.NaN }), "got NaN"],
    ["a schedule's decay above 1", (model) => ema(model, { decay: () => 2 }).update(model, 1), "got 2"],
    [
      "an initial average of fewer weights",
      (model) => ema(model, { decay: 0.9 }, model.params),
      "Expected an initial average of every weight, got none of a/mean.",
    ],
  ])("%s", (_, make, message) => {
    expect(() => make(counting())).toThrow(new RegExp(message.replace(/[.[\]]/g, "\\$&")));
  });
});
