import { join } from "node:path";
import type { Stage, Trainable } from "@mammo/train";
import { runStageInFolder, type StageSummary } from "@mammo/train/node";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Progress } from "../../progress.ts";

/** Where the stages of a run keep their checkpoints, and the texts in each. */
export interface TrackedRun {
  /** The run's folder: the stages' files go to checkpoints/ in it. */
  readonly folder: string;
  readonly notes?: Readonly<Record<string, string>>;
  /** As `runStageInFolder` takes it: for stages of many steps. */
  readonly saveEvery?: number;
  /** As `trainStage` takes it: batches that are begun before their step. */
  readonly ahead?: number;
  /** Measure what happens inside the net, some forty times a stage, for `writeDiagnosis`. Default false. */
  readonly diagnose?: boolean;
}

/** Runs a stage in the run's folder, yields its steps, adds its summary to the list and gives its last checkpoint. */
export function trackStages<Validation extends object>(
  { folder, notes = {}, saveEvery, ahead = 0, diagnose = false }: TrackedRun,
  stages: (StageSummary & Validation)[],
) {
  return async function* <Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
    model: Model,
    stage: Stage<Model, Batch>,
    validate: () => Promise<Validation>,
    previous?: Uint8Array,
  ): AsyncGenerator<Progress, Uint8Array> {
    const observeEvery = diagnose ? Math.max(1, Math.floor(stage.steps / 40)) : undefined;
    const options = { folder: join(folder, "checkpoints"), notes, validate, previous, observeEvery, ahead, ...(saveEvery ? { saveEvery } : {}) };
    const events = runStageInFolder(model, stage, options);
    try {
      let next = await events.next();
      for (; !next.done; next = await events.next())
        if (next.value.kind === "step") {
          const { step, steps, loss } = next.value;
          yield { phase: stage.name, done: step, total: steps, note: `loss ${loss.toFixed(4)}` };
        }
      stages.push(next.value.summary);
      return next.value.checkpoint;
    } finally {
      await events.return(undefined as never); // whoever stops early leaves no optimizer state behind
    }
  };
}
