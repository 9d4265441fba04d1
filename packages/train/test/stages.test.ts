import { selectBackend } from "@mammo/backend";
import { expectClose, expectNoLeak } from "@mammo/testing";
import {
  accumulate,
  adam,
  chain,
  decodeCheckpoint,
  encodeCheckpoint,
  freeze,
  type Loss,
  partition,
  type Stage,
  type StepReport,
  scaleByAdam,
  sgd,
  sigmoidCrossEntropy,
  type Transform,
  trainStage,
  withWeights,
} from "@mammo/train";
import { dispose, memory, mul, type Scalar, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type TinyBatch, type TinyModel, tinyBatch, tinyModel } from "./tinyModel.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

const loss: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => sigmoidCrossEntropy(labels, model.apply(images, mode));
const stage = (over: Partial<Stage<TinyModel, TinyBatch>> = {}): Stage<TinyModel, TinyBatch> => ({
  name: "S",
  steps: 3,
  loss,
  batch: tinyBatch,
  transform: adam({ learningRate: 1e-2 }),
  ...over,
});
const values = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]));
const weights = ({ params, buffers }: TinyModel) => values({ ...params, ...buffers });

type Stages = readonly Stage<TinyModel, TinyBatch>[];

/** The stages in order, each from the last checkpoint of the one before. */
async function run(model: TinyModel, stages: Stages, each?: (report: StepReport) => unknown, from?: Uint8Array): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  let previous = from;
  for (const stage of stages)
    for await (const report of trainStage(model, stage, { previous })) {
      reports.push(report);
      await each?.(report);
      if (report.step === stage.steps) previous = await report.checkpoint();
    }
  return reports;
}
async function lastCheckpoint(model: TinyModel, stages: Stages, from?: Uint8Array): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  await run(model, stages, async (report) => (bytes = await report.checkpoint()), from);
  return bytes!;
}

describe("learning", () => {
  it("lowers the loss", async () => {
    const reports = await run(tinyModel(), [stage({ steps: 200, transform: adam({ learningRate: 0.1 }) })]);
    expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss / 2);
    expect(reports.map(({ step }) => step).slice(0, 3)).toEqual([1, 2, 3]);
  });
});

describe("memory", () => {
  it("the number of tensors is constant over the steps, and none is left at the end", async () => {
    const model = tinyModel();
    await expectNoLeak(async () => {
      const counts: Record<string, Set<number>> = {};
      const stages = [
        stage({ name: "adam", ema: { decay: 0.9, every: 2 } }),
        stage({ name: "sgd", transform: sgd({ learningRate: 1e-2, momentum: 0.9, clipNorm: 1, weightDecay: 1e-4 }), start: { weights: "ema" } }),
        stage({
          name: "head",
          transform: partition({ rest: freeze(), head: adam({ learningRate: 1e-2 }) }, (name) => (name.startsWith("head/") ? "head" : "rest")),
        }),
      ];
      await run(model, stages, async ({ stage, checkpoint }) => {
        (counts[stage] ??= new Set()).add(memory().numTensors);
        await checkpoint();
      });
      expect(Object.values(counts).map(({ size }) => size)).toEqual([1, 1, 1]);
    });
    model.dispose();
  });

  it("a loop that breaks, or throws, leaves none either", async () => {
    const model = tinyModel();
    await expectNoLeak(async () => {
      for await (const _ of trainStage(model, stage({ ema: { decay: 0.9 } }))) break;
      await expect(
        run(model, [stage({ ema: { decay: 0.9 } })], () => {
          throw new Error("the caller's");
        }),
      ).rejects.toThrow("the caller's");
    });
    model.dispose();
  });
});

describe("freezing", () => {
  const headOnly = partition({ trunk: freeze(), head: adam({ learningRate: 1e-2 }) }, (name) => (name.startsWith("head/") ? "head" : "trunk"));

  it("leaves frozen parameters AND their running statistics, to the bit", async () => {
    const model = tinyModel();
    const before = weights(model);
    const [report] = await run(model, [stage({ transform: headOnly })]);
    const after = weights(model);
    const moved = Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
    expect(moved.sort()).toEqual(["head/dense/kernel", "head/out/kernel"]);
    const { optimizer } = decodeCheckpoint(await lastCheckpoint(model, [stage({ transform: headOnly })]));
    expect(Object.keys(optimizer).filter((name) => name.includes("trunk/"))).toEqual([]);
    expect(report!.started).toEqual({});
  });

  it("frees them again in the next stage", async () => {
    const model = tinyModel();
    const before = weights(model);
    await run(model, [stage({ transform: headOnly }), stage({ name: "all" })]);
    const after = weights(model);
    for (const [name, value] of Object.entries(before)) expect(after[name], name).not.toEqual(value);
  });

  it("all parameters at once, or an unknown group, is a mistake", async () => {
    await expect(run(tinyModel(), [stage({ transform: freeze() })])).rejects.toThrow("at least one parameter that trains");
    const wrong = partition({ head: sgd({ learningRate: 1 }) }, () => "trunk" as "head");
    await expect(run(tinyModel(), [stage({ transform: wrong })])).rejects.toThrow("Expected trunk/conv/kernel in one of the groups head, got trunk.");
  });

  it("two links that keep state of the same name are a mistake", async () => {
    await expect(run(tinyModel(), [stage({ transform: chain(scaleByAdam(), scaleByAdam()) })])).rejects.toThrow(
      "each name in the optimizer's state once, got adam/m:trunk/conv/kernel",
    );
  });
});

describe("a stage's start", () => {
  it("S2 from S1: weights and Adam's moments where name and shape fit, the rest as new, all of it reported", async () => {
    const source = tinyModel({ seed: 1, head: 3 });
    const from = await lastCheckpoint(source, [stage({ steps: 5 })]);
    const s1 = decodeCheckpoint(from);
    const model = tinyModel({ seed: 2, head: 4 });
    const fresh = weights(model);
    let atStart: ReturnType<typeof weights> | undefined;
    const batch = (step: number) => {
      atStart ??= weights(model);
      return tinyBatch(step);
    };
    const [report] = await run(model, [stage({ name: "S2", steps: 1, batch, start: { optimizer: true } })], undefined, from);
    const trunk = ["trunk/conv/kernel", "trunk/conv/mean", "trunk/conv/offset"];
    const head = ["head/dense/kernel", "head/out/kernel"];
    expect(report!.started.weights).toEqual({ loaded: trunk, missing: [], shapeMismatch: head, unexpected: [] });
    for (const name of trunk) expect(atStart![name]).toEqual(Array.from(s1.weights[name]!.data as Float32Array));
    for (const name of head) expect(atStart![name]).toEqual(fresh[name]);
    const moments = ["trunk/conv/kernel", "trunk/conv/offset"].flatMap((name) => [`adam/count:${name}`, `adam/m:${name}`, `adam/v:${name}`]).sort();
    expect(report!.started.optimizer!.loaded).toEqual(moments);
    const s2 = decodeCheckpoint(await lastCheckpoint(tinyModel({ head: 4 }), [stage({ name: "S2", steps: 1, start: { optimizer: true } })], from));
    // A parameter's state goes together: a head of another shape begins its count anew, and the trunk goes on counting.
    expect([s2.optimizer["adam/count:trunk/conv/kernel"], s2.optimizer["adam/count:head/out/kernel"]]).toEqual([6, 1]);
  });

  it("S4 from S3's average: the weights are the average's, the optimizer is new", async () => {
    const model = tinyModel();
    let average: ReturnType<typeof values> | undefined;
    let atStart: ReturnType<typeof values> | undefined;
    const s3 = stage({ name: "S3", ema: { decay: 0.9 } });
    const s4 = stage({
      name: "S4",
      transform: sgd({ learningRate: 1e-4 }),
      start: { weights: "ema" },
      batch: (step) => {
        if (step === 0) atStart = weights(model);
        return tinyBatch(step);
      },
    });
    const reports = await run(model, [s3, s4], ({ ema }) => ema && (average = values(ema.weights)));
    expect(atStart).toEqual(average);
    expect(Object.keys(average!).sort()).toEqual(Object.keys({ ...model.params, ...model.buffers }).sort());
    expect(reports.at(-1)!.ema).toBeUndefined();
  });

  it("a stage of no step yields nothing", async () => {
    expect(await run(tinyModel(), [stage({ steps: 0 })])).toEqual([]);
    await expect(run(tinyModel(), [stage({ steps: -1 })])).rejects.toThrow("Expected a whole number of steps in stage S, got -1.");
  });

  it.each<[string, Stages, string]>([
    [
      "the average of a stage that keeps none",
      [stage(), stage({ name: "S4", start: { weights: "ema" } })],
      "Expected an average for stage S4 to start from, got a checkpoint without one.",
    ],
    ["a stage before the first", [stage({ start: { optimizer: true } })], "Expected a previous checkpoint for stage S to start from, got none."],
    ["half a step", [stage({ steps: 0.5 })], "Expected a whole number of steps in stage S, got 0.5."],
  ])("refuses %s", async (_, stages, message) => {
    await expect(run(tinyModel(), stages)).rejects.toThrow(message);
  });
});

describe("the average", () => {
  it("withWeights puts the old weights back, also after a throw, and holds no tensor", async () => {
    const model = tinyModel();
    const before = weights(model);
    await run(model, [stage({ ema: { decay: 0.5, every: 3 } })], async ({ step, ema }) => {
      const trained = weights(model);
      await expectNoLeak(async () => {
        const inside = await withWeights(model, ema!.weights, () => weights(model));
        if (step < 3) expect(inside).toEqual(before);
        else
          for (const [name, value] of Object.entries(inside))
            for (const [i, one] of value.entries()) expect(one).toBeCloseTo((before[name]![i]! + trained[name]![i]!) / 2, 6);
        await expect(withWeights(model, ema!.weights, () => Promise.reject(new Error("inner")))).rejects.toThrow("inner");
      });
      expect(weights(model)).toEqual(trained);
    });
  });

  it("copies running statistics where asked to", async () => {
    const model = tinyModel();
    await run(model, [stage({ ema: { decay: 0.9, buffers: "copy" } })], ({ ema }) => {
      expect(values(ema!.weights)["trunk/conv/mean"]).toEqual(weights(model)["trunk/conv/mean"]);
      expect(values(ema!.weights)["trunk/conv/kernel"]).not.toEqual(weights(model)["trunk/conv/kernel"]);
    });
  });
});

describe("a loss or gradient that is not finite", () => {
  it.each([
    ["a loss of NaN", Number.NaN],
    ["an infinite one", Number.POSITIVE_INFINITY],
  ])("%s names stage and step, and leaves model and memory as before the step", async (_, factor) => {
    const model = tinyModel();
    await expectNoLeak(async () => {
      let before: ReturnType<typeof weights> | undefined;
      const poisoned: Loss<TinyModel, TinyBatch> = (model, batch, mode) => {
        const value = loss(model, batch, mode);
        return tidy(() => (before ? mul<Scalar>(value, factor) : value));
      };
      const running = async () => {
        for await (const { step } of trainStage(model, stage({ loss: poisoned, ema: { decay: 0.9 }, batchIds: (at) => [`view ${at}`] })))
          if (step === 2) before = weights(model);
      };
      await expect(running()).rejects.toMatchObject({
        name: "TrainError",
        code: "not-finite",
        batch: ["view 2"],
        message: expect.stringMatching(/^Stage S: Expected a finite loss and gradient at step 3, got loss (NaN|Infinity)/),
      });
      expect(weights(model)).toEqual(before);
    });
    model.dispose();
  });
});

describe("a loss that throws", () => {
  // Memory is not looked at: TensorFlow.js keeps what the tape saved of a function that throws.
  it("is heard as it is, and leaves the model as before the step", async () => {
    const model = tinyModel();
    const before = weights(model);
    const broken: Loss<TinyModel, TinyBatch> = (model, batch, mode) => {
      loss(model, batch, mode);
      throw new TypeError("the loss's own");
    };
    const running = async () => {
      for await (const _ of trainStage(model, stage({ loss: broken })));
    };
    await expect(running()).rejects.toThrow(new TypeError("the loss's own"));
    expect(weights(model)).toEqual(before);
    model.dispose();
  });
});

describe("a checkpoint that is not this run's", () => {
  const resume = async (bytes: Uint8Array, stage: Stages[number], model = tinyModel()) => {
    for await (const _ of trainStage(model, stage, { resume: bytes }));
  };

  it.each<[what: string, stage: Stages[number], model: TinyModel | undefined, message: RegExp]>([
    ["another stage's name", stage({ name: "S9" }), undefined, /a checkpoint of stage S9, got another\./],
    ["fewer steps than done", stage({ steps: 2 }), undefined, /at most 2 steps in stage S, got 3/],
    ["an average that it lacks", stage({ ema: { decay: 0.9 } }), undefined, /an average in stage S, got none/],
    [
      "another optimizer",
      stage({ transform: sgd({ learningRate: 1, momentum: 0.9 }) }),
      undefined,
      /the optimizer of this model and stage; 4 missing, such as trace:.*; 12 unexpected/,
    ],
  ])("%s", async (_, wrong, model, message) => {
    const bytes = await lastCheckpoint(tinyModel(), [stage()]);
    await expect(resume(bytes, wrong, model)).rejects.toMatchObject({ code: "checkpoint-mismatch", message: expect.stringMatching(message) });
  });

  it.each<[what: string, transform: Transform, message: string]>([
    ["another beta1", adam({ learningRate: 1e-2, beta1: 0.8 }), "of the optimizer scaleByAdam(beta1 0.8, beta2 0.999, epsilon 1e-8) -> "],
    ["another beta2", adam({ learningRate: 1e-2, beta2: 0.99 }), "beta2 0.99,"],
    ["another epsilon", adam({ learningRate: 1e-2, epsilon: 1e-3 }), "epsilon 0.001)"],
    ["another learning rate", adam({ learningRate: 1e-3 }), "scaleByLearningRate(0.001) in stage S, got another"],
    ["a schedule for a number", adam({ learningRate: () => 1e-2 }), "scaleByLearningRate(schedule) in stage S, got"],
    ["weight decay", adam({ learningRate: 1e-2, weightDecay: 0.1 }), "-> addWeightDecay(0.1) ->"],
    ["clipping", adam({ learningRate: 1e-2, clipNorm: 1 }), "clipByGlobalNorm(1) ->"],
  ])("%s: named, and model and memory are untouched", async (_, transform, message) => {
    const bytes = await lastCheckpoint(tinyModel(), [stage()]);
    const model = tinyModel({ seed: 3 });
    const before = weights(model);
    await expectNoLeak(() =>
      expect(resume(bytes, stage({ transform, steps: 5 }), model)).rejects.toMatchObject({
        code: "checkpoint-mismatch",
        message: expect.stringContaining(message),
      }),
    );
    expect(weights(model)).toEqual(before);
  });

  it("another momentum, and another group's rate", async () => {
    const group = (name: string) => (name.startsWith("head/") ? "head" : "rest");
    const transforms = (rate: number) => [
      sgd({ learningRate: 1, momentum: rate }),
      partition({ rest: freeze(), head: sgd({ learningRate: rate }) }, group),
    ];
    for (const [index, transform] of transforms(0.5).entries()) {
      const bytes = await lastCheckpoint(tinyModel(), [stage({ transform })]);
      await expect(resume(bytes, stage({ transform: transforms(0.9)[index]! }))).rejects.toMatchObject({ code: "checkpoint-mismatch" });
      await resume(bytes, stage({ transform }));
    }
  });

  it("a checkpoint that does not tell its optimizer, as those of before, is taken", async () => {
    const { transform: _, ...untold } = decodeCheckpoint(await lastCheckpoint(tinyModel(), [stage()]));
    await resume(encodeCheckpoint(untold), stage({ steps: 4, transform: adam({ learningRate: 1e-2, beta1: 0.8 }) }));
  });

  it("as many weights that it lacks as it has of others", async () => {
    const { weights, ...rest } = decodeCheckpoint(await lastCheckpoint(tinyModel(), [stage()]));
    const renamed = Object.fromEntries(Object.entries(weights).map(([name, one]) => [name.replace("head/out", "head/other"), one]));
    await expect(resume(encodeCheckpoint({ ...rest, weights: renamed }), stage())).rejects.toThrow(/1 missing, such as head\/out.*1 unexpected\./);
  });

  it("another model's shapes; the model is then untouched", async () => {
    const bytes = await lastCheckpoint(tinyModel(), [stage()]);
    const model = tinyModel({ head: 4 });
    const before = weights(model);
    await expectNoLeak(() =>
      expect(resume(bytes, stage(), model)).rejects.toThrow(/the weights of this model and stage; 2 of another shape, such as head\/dense\/kernel/),
    );
    expect(weights(model)).toEqual(before);
  });

  it("bytes of no checkpoint", async () => {
    await expect(resume(new Uint8Array(20), stage())).rejects.toMatchObject({ code: "checkpoint-format" });
  });
});

describe("accumulate", () => {
  /** Half of a batch: two of its four images. */
  const half = (step: number): TinyBatch => {
    const { images, labels } = tinyBatch(Math.floor(step / 2));
    const from = 2 * (step % 2);
    const part = tidy(() => ({ images: slice(images, [from], [2]), labels: slice(labels, [from], [2]) }));
    dispose([images, labels]);
    return part;
  };

  it("over two halves of a batch moves as the batch does, and keeps its place over a checkpoint", async () => {
    const schedule = (step: number) => 1e-2 / (1 + step);
    const whole = tinyModel();
    for await (const _ of trainStage(whole, stage({ transform: adam({ learningRate: schedule }) })));
    const halves = tinyModel();
    const transform = accumulate(2, adam({ learningRate: schedule }));
    let saved: Uint8Array | undefined;
    await expectNoLeak(async () => {
      for await (const { step, checkpoint } of trainStage(halves, stage({ steps: 6, batch: half, transform }))) {
        if (step === 3) saved = await checkpoint(); // between two moves
      }
    });
    const close = (model: TinyModel) => {
      for (const [name, values_] of Object.entries(values(model.params))) expectClose(values_, values(whole.params)[name]!, { absolute: 1e-6 });
    };
    close(halves);
    const resumed = tinyModel();
    for await (const _ of trainStage(resumed, stage({ steps: 6, batch: half, transform }), { resume: saved! }));
    expect(weights(resumed)).toEqual(weights(halves));
    for (const model of [whole, halves, resumed]) model.dispose();
  });

  it("moves nothing between, and refuses no steps", async () => {
    const model = tinyModel();
    const before = values(model.params);
    for await (const { step } of trainStage(model, stage({ transform: accumulate(4, sgd({ learningRate: 1 })) })))
      expect(values(model.params), `step ${step}`).toEqual(before);
    for (const every of [0, 1.5, Number.NaN]) expect(() => accumulate(every, sgd({ learningRate: 1 }))).toThrow(RangeError);
    model.dispose();
  });
});
