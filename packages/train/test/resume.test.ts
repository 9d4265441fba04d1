import { type BackendName, selectBackend } from "@mammo/backend";
import { hasTfjsNode } from "@mammo/testing";
import { adam, decodeCheckpoint, type Loss, type Stage, sgd, sigmoidCrossEntropy, trainStage, warmupCosine } from "@mammo/train";
import { beforeAll, describe, expect, it } from "vitest";
import { type TinyBatch, type TinyModel, tinyBatch, tinyModel } from "./tinyModel.ts";

const loss: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => sigmoidCrossEntropy(labels, model.apply(images, mode));

const s1 = adam({ learningRate: warmupCosine({ peak: 1e-2, warmup: 2, total: 6 }), clipNorm: 1 });
const plan: readonly Stage<TinyModel, TinyBatch>[] = [
  { name: "S1", steps: 6, loss, batch: tinyBatch, transform: s1 },
  {
    name: "S3",
    steps: 8,
    loss,
    batch: tinyBatch,
    transform: adam({ learningRate: 1e-2 }),
    start: { optimizer: true },
    ema: { decay: 0.9, every: 2 },
  },
  { name: "S4", steps: 6, loss, batch: tinyBatch, transform: sgd({ learningRate: 1e-2, momentum: 0.9 }), start: { weights: "ema" } },
];

/** Runs until `stop` steps are done in all; gives the last checkpoint. */
async function run({ stop, resume }: { stop: number; resume?: Uint8Array }): Promise<{ bytes: Uint8Array; losses: number[] }> {
  // Another seed for the resumed run: all that it knows must come from the checkpoint.
  const model = tinyModel({ seed: resume ? 2 : 1 });
  const losses: number[] = [];
  let bytes = resume;
  const first = resume ? plan.findIndex(({ name }) => name === decodeCheckpoint(resume).stage) : 0;
  for (const [index, stage] of plan.slice(first).entries()) {
    if (losses.length === stop) break;
    const from = index === 0 ? { resume } : { previous: bytes };
    for await (const report of trainStage(model, stage, from)) {
      losses.push(report.loss);
      bytes = await report.checkpoint({ seed: "11" });
      if (losses.length === stop) break;
    }
  }
  model.dispose();
  return { bytes: bytes!, losses };
}

function testResume(prefer: BackendName): void {
  beforeAll(() => selectBackend({ prefer, threads: 2 }));

  it.each([1, 6, 7, 10, 13, 14, 15, 19])("has the same losses and bytes as an unstopped one, stopped after step %i of 20", async (stop) => {
    const whole = await run({ stop: 20 });
    const half = await run({ stop });
    const rest = await run({ stop: 20 - stop, resume: half.bytes });
    expect([...half.losses, ...rest.losses]).toEqual(whole.losses);
    expect(Buffer.compare(rest.bytes, whole.bytes)).toBe(0);
  });

  it("does nothing where all is done", async () => {
    const { bytes } = await run({ stop: 20 });
    expect((await run({ stop: 1, resume: bytes })).losses).toEqual([]);
  });
}

describe.each(["cpu", "wasm"] as const)("a stopped and resumed run on %s", testResume);
describe.skipIf(!hasTfjsNode()).each(["tensorflow"] as const)("a stopped and resumed run on %s (needs MAMMO_TEST_TFJS_NODE)", testResume);
