import { detectorClasses, detectorNet } from "@mammo/models";
import { type Stage, type Trainable, trainStage } from "@mammo/train";
import type { Tensor } from "@tensorflow/tfjs-core";
import { fiveClasses } from "./fiveClasses.ts";
import { lesionTraits } from "./lesionTraits.ts";
import { plainHead } from "./plainHead.ts";
import { type DdsmLessons, filmStage, patchStage } from "./stages.ts";

/** Seconds that stages will take on this machine as it is now. */
export interface DdsmCost {
  readonly S1: number;
  readonly S2: number;
}

/** Times the second and third step of each stage on nets that are thrown away, and multiplies. Validation is not in it: a few minutes. */
export async function estimateCost(lessons: DdsmLessons, { width }: { readonly width: number }): Promise<DdsmCost> {
  const { S1, S2 } = lessons.config.stages;
  const { rows, columns } = lessons.train[0]!;
  const detector = detectorNet({ width, classes: [...detectorClasses, ...lesionTraits] });
  const patch = await secondsOfStep(detector, patchStage(lessons));
  const five = await fiveClasses(detector);
  const model = plainHead(five, { rows, columns });
  const { start: _, ...fresh } = filmStage(lessons, model, 0);
  const film = await secondsOfStep(model, fresh);
  for (const one of [detector, five, model]) one.dispose();
  return { S1: patch * S1.steps, S2: film * S2.steps };
}

async function secondsOfStep<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
  model: Model,
  stage: Stage<Model, Batch>,
): Promise<number> {
  let begun = 0;
  for await (const { step } of trainStage(model, { ...stage, steps: 3 })) if (step === 1) begun = performance.now();
  return (performance.now() - begun) / 2000;
}
