import { type BackendName, selectBackend } from "@mammo/backend";
import { hasTfjsNode } from "@mammo/testing";
import { adam, type Loss, runStages, type Stage, sgd, sigmoidCrossEntropy, warmupCosine } from "@mammo/train";
import { beforeAll, describe, expect, it } from "vitest";
import { type TinyBatch, type TinyModel, tinyBatch, tinyModel } from "./tinyModel.ts";

const loss: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => sigmoidCrossEntropy(labels, model.apply(images, mode));

const plan: readonly Stage<TinyBatch>[] = [
  { name: "S1", steps: 6, batch: tinyBatch, transform: adam({ learningRate: warmupCosine({ peak: 1e-2, warmup: 2, total: 6 }), clipNorm: 1 }) },
  { name: "S3", steps: 8, batch: tinyBatch, transform: adam({ learningRate: 1e-2 }), start: { optimizer: true }, ema: { decay: 0.9, every: 2 } },
  { name: "S4", steps: 6, batch: tinyBatch, transform: sgd({ learningRate: 1e-2, momentum: 0.9 }), start: { weights: "ema" } },
];

/** Runs until `stop` steps are done in all; gives the last checkpoint. */
async function run({ stop, resume }: { stop: number; resume?: Uint8Array }): Promise<{ bytes: Uint8Array; losses: number[] }> {
  // Another seed for the resumed run: all that it knows must come from the checkpoint.
  const model = tinyModel({ seed: resume ? 2 : 1 });
  const losses: number[] = [];
  let bytes: Uint8Array | undefined;
  for await (const report of runStages(model, plan, { loss, resume })) {
    losses.push(report.loss);
    bytes = await report.checkpoint({ seed: "11" });
    if (losses.length === stop) break;
  }
  model.dispose();
  return { bytes: bytes!, losses };
}

function judgeResume(prefer: BackendName): void {
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

describe.each(["cpu", "wasm"] as const)("a stopped and resumed run on %s", judgeResume);
describe.skipIf(!hasTfjsNode()).each(["tensorflow"] as const)("a stopped and resumed run on %s (needs MAMMO_TEST_TFJS_NODE)", judgeResume);
