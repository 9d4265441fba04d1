import { selectBackend } from "@mammo/backend";
import { keyedRandom } from "@mammo/mammogram";
import { expectNoLeak } from "@mammo/testing";
import { adam, decodeCheckpoint, type Loss, type MinedPlace, type Stage, sigmoidCrossEntropy, trainStage } from "@mammo/train";
import { memory, type Tensor2D, type Tensor4D, tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type TinyBatch, type TinyModel, tinyBatch, tinyModel } from "./tinyModel.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

const loss: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => sigmoidCrossEntropy(labels, model.apply(images, mode));
const plain: Stage<TinyModel, TinyBatch> = { name: "S1", steps: 9, loss, batch: tinyBatch, transform: adam({ learningRate: 1e-2 }) };

/** What is mined depends on the net, and what is learned on what is mined. */
const mining: Stage<TinyModel, TinyBatch> = {
  ...plain,
  batch: async (step, mined) => {
    const random = keyedRandom("mined batch", step);
    const shift = mined.length === 0 ? 0 : random.pick(mined).score;
    await Promise.resolve();
    const pixels = Float32Array.from({ length: 144 }, () => random.uniform() + shift);
    return { images: tensor(pixels, [4, 6, 6, 1]) as Tensor4D, labels: tensor([0, 1, 0, 1], [4, 1], "float32") as Tensor2D };
  },
  negatives: { every: 3, mine: async (model) => placesOf(model) },
};
const placesOf = ({ params }: TinyModel): MinedPlace[] =>
  Array.from(params["trunk/conv/kernel"]!.dataSync().slice(0, 3), (score, view) => ({ view, center: [view, 2 * view] as const, score }));

async function run(
  stage: Stage<TinyModel, TinyBatch>,
  { ahead = 0, resume, stop = Infinity }: { ahead?: number; resume?: Uint8Array; stop?: number } = {},
) {
  const model = tinyModel({ seed: resume ? 2 : 1 });
  let bytes = resume;
  for await (const { step, checkpoint } of trainStage(model, stage, { ahead, ...(resume ? { resume } : {}) })) {
    bytes = await checkpoint();
    if (step === stop) break;
  }
  model.dispose();
  return bytes!;
}

describe("batches ahead", () => {
  it.each([plain, mining])("change no byte, and leave no tensor", async (stage) => {
    const whole = await run(stage);
    for (const ahead of [1, 2, 20]) await expectNoLeak(async () => expect(Buffer.compare(await run(stage, { ahead }), whole)).toBe(0));
    await expectNoLeak(() => run(stage, { ahead: 5, stop: 4 }));
  });

  it("are begun while a step is computed, as many as asked for and none twice", async () => {
    const begun: number[] = [];
    const batch = async (step: number) => {
      begun.push(step);
      return tinyBatch(step);
    };
    const model = tinyModel();
    const seen: number[][] = [];
    for await (const _ of trainStage(model, { ...plain, batch }, { ahead: 2 })) seen.push([...begun]);
    expect(seen.map((steps) => steps.length)).toEqual([3, 4, 5, 6, 7, 8, 9, 9, 9]);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    model.dispose();
  });

  it("wait for the negatives that they are drawn from", async () => {
    const log: string[] = [];
    const stage: Stage<TinyModel, TinyBatch> = {
      ...plain,
      batch: (step, mined) => {
        log.push(`${step} of ${mined.length}`);
        return tinyBatch(step);
      },
      negatives: {
        every: 4,
        mine: () => {
          log.push("mine");
          return [{ view: log.length, center: [0, 0], score: 1 }];
        },
      },
    };
    await run(stage, { ahead: 3 });
    expect(log).toEqual(["0 of 0", "1 of 0", "2 of 0", "3 of 0", "mine", "4 of 1", "5 of 1", "6 of 1", "7 of 1", "mine", "8 of 1"]);
  });

  it("that go wrong are heard at their own step, also where the batch throws at once; nothing is left", async () => {
    for (const batch of [
      async (step: number) => (step === 5 ? Promise.reject(new Error("no shard")) : tinyBatch(step)),
      (step: number) => {
        if (step === 5) throw new Error("no shard");
        return tinyBatch(step);
      },
    ])
      await expectNoLeak(async () => {
        const model = tinyModel();
        let done = 0;
        const steps = async () => {
          for await (const { step } of trainStage(model, { ...plain, batch }, { ahead: 3 })) done = step;
        };
        await expect(steps()).rejects.toThrow("no shard");
        expect(done).toBe(5);
        model.dispose();
      });
  });

  it("hold no more than so many batches' tensors", async () => {
    const model = tinyModel();
    const counts = async (ahead: number) => {
      const found: number[] = [];
      for await (const _ of trainStage(model, plain, { ahead })) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        found.push(memory().numTensors);
      }
      return found;
    };
    const [none, two] = [await counts(0), await counts(2)];
    expect(two.map((count, index) => count - none[index]!)).toEqual([4, 4, 4, 4, 4, 4, 4, 2, 0]);
    model.dispose();
  });

  it.each([-1, 0.5, Number.NaN])("%d of them is a mistake", async (ahead) => {
    const model = tinyModel();
    await expect(trainStage(model, plain, { ahead }).next()).rejects.toThrow(`Expected a whole number of batches ahead, got ${ahead}.`);
    model.dispose();
  });
});

describe("mined negatives", () => {
  it("are in every checkpoint: stopped anywhere, with batches ahead or not, a run goes on to the same bytes", async () => {
    const whole = await run(mining);
    for (let stop = 1; stop < 9; stop++) {
      const half = await run(mining, { stop });
      expect(decodeCheckpoint(half).mined).toHaveLength(stop > 3 ? 3 : 0);
      expect(Buffer.compare(await run(mining, { resume: half, ahead: stop % 3 }), whole)).toBe(0);
    }
    expect(decodeCheckpoint(whole).mined!.map(({ score }) => score)).not.toEqual(decodeCheckpoint(await run(mining, { stop: 4 })).mined!.map(({ score }) => score)); // biome-ignore format: one row
  });

  it("are mined from the net as it is before the step", async () => {
    const model = tinyModel();
    const nets: number[] = [];
    const mine = (own: TinyModel) => {
      expect(own).toBe(model);
      nets.push(own.params["trunk/conv/kernel"]!.dataSync()[0]!);
      return [];
    };
    const after: number[] = [];
    for await (const _ of trainStage(model, { ...plain, negatives: { every: 3, mine } }))
      after.push(model.params["trunk/conv/kernel"]!.dataSync()[0]!);
    expect(nets).toEqual([after[2], after[5]]);
    model.dispose();
  });

  it("that no checkpoint would hold are refused when they are mined; so is a number of batches ahead that is none, before the model is touched", async () => {
    const model = tinyModel();
    const mine = () => [{ view: 0, center: [Number.NaN, 1] as const, score: 1 }];
    const steps: number[] = [];
    const spoilt = async () => {
      for await (const { step } of trainStage(model, { ...plain, negatives: { every: 3, mine } })) steps.push(step);
    };
    await expectNoLeak(() => expect(spoilt()).rejects.toThrow(/^Expected at most 100,000 mined places/));
    expect(steps).toEqual([1, 2, 3]);
    const previous = await run(plain, { stop: 2 });
    const before = model.params["trunk/conv/kernel"]!.dataSync().slice();
    await expectNoLeak(() =>
      expect(trainStage(model, plain, { previous, ahead: -1 }).next()).rejects.toThrow("Expected a whole number of batches ahead, got -1."),
    );
    expect(model.params["trunk/conv/kernel"]!.dataSync()).toEqual(before);
    model.dispose();
  });

  it("of a checkpoint go with a stage that mines, and with no other", async () => {
    const [withMined, without] = [await run(mining, { stop: 2 }), await run(plain, { stop: 2 })];
    await expect(run(plain, { resume: withMined })).rejects.toMatchObject({ code: "checkpoint-mismatch", message: expect.stringContaining("no mined negatives in stage S1, got one") }); // biome-ignore format: one row
    await expect(run(mining, { resume: without })).rejects.toMatchObject({ code: "checkpoint-mismatch", message: expect.stringContaining("a list of mined negatives in stage S1, got none") }); // biome-ignore format: one row
  });

  it.each([0, 1.5, Number.NaN])("every %d steps is a mistake", async (every) => {
    const stage = { ...plain, negatives: { every, mine: () => [] } };
    await expect(run(stage)).rejects.toThrow(`Expected negatives of stage S1 every whole number of steps above 0, got ${every}.`);
  });
});
