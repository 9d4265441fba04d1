import { adam, type Loss, type Stage, sgd, sigmoidCrossEntropy } from "@mammo/train";
import { runStageInFolder, type StageEvent } from "@mammo/train/node";
import { type TinyBatch, type TinyModel, tinyBatch, tinyModel } from "./tinyModel.ts";

const loss: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => sigmoidCrossEntropy(labels, model.apply(images, mode));

/** Two stages: Adam with an average, then SGD from it. */
export const plan: readonly Stage<TinyModel, TinyBatch>[] = [
  { name: "S3", steps: 60, loss, batch: tinyBatch, transform: adam({ learningRate: 1e-2 }), ema: { decay: 0.9 } },
  { name: "S4", steps: 40, loss, batch: tinyBatch, transform: sgd({ learningRate: 1e-2 }), start: { weights: "ema" } },
];

/** A recipe as one writes it: stage after stage, in one folder. */
export async function* runInFolder(folder: string, model = tinyModel()): AsyncGenerator<StageEvent> {
  let previous: Uint8Array | undefined;
  for (const stage of plan) {
    const bias = () => ({ bias: model.params["trunk/conv/offset"]!.dataSync()[0]! });
    ({ checkpoint: previous } = yield* runStageInFolder(model, stage, { folder, previous, saveEvery: 7, notes: { seed: "11" }, validate: bias }));
  }
}
