import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { Ema } from "./ema.ts";
import { TrainError } from "./errors.ts";
import { requirePlan, type Stage } from "./stage.ts";
import { beginStage, endStanding, resumeStage, type StageStarted, type Standing, snapshot } from "./standing.ts";
import type { Trainable } from "./trainable.ts";
import { type Loss, type TrainStepOptions, trainStep } from "./trainStep.ts";

/** What all stages of a run share. */
export interface RunOptions<Model extends Trainable, Batch> {
  readonly loss: Loss<Model, Batch>;
  /** A checkpoint of this run: it goes on after its step, to the same bytes as a run that never stopped, where the backend computes deterministically. */
  readonly resume?: Uint8Array | undefined;
}

/** One step that is done, as `runStages` yields it. */
export interface StepReport {
  readonly stage: string;
  /** Steps done in the stage: 1 after the first. */
  readonly step: number;
  readonly loss: number;
  /** Joint L2 norm of the raw gradients. */
  readonly gradientNorm: number;
  /** What the stage took over at its start; empty where it took nothing, or was resumed. */
  readonly started: StageStarted;
  /** The stage's average, alive until the generator moves on to the next stage or ends. */
  readonly ema?: Ema | undefined;
  /** The state after this step as bytes, with texts of yours; ask before the generator moves on. */
  checkpoint(notes?: Readonly<Record<string, string>>): Promise<Uint8Array>;
}

/**
 * Runs the stages in order and yields after every step; the caller logs, evaluates, saves or breaks. Disposes of each batch.
 *
 * Throws RangeError where the plan cannot run; TrainError `not-finite` (stage and step named; the model is as before that step),
 * `checkpoint-mismatch` where `resume` is of another model or plan, `checkpoint-format` where bytes are no checkpoint.
 *
 * @example
 * for await (const { stage, step, loss } of runStages(model, stages, { loss })) log(stage, step, loss);
 */
export async function* runStages<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
  model: Model,
  stages: readonly Stage<Batch>[],
  { loss, resume }: RunOptions<Model, Batch>,
): AsyncGenerator<StepReport, void> {
  requirePlan(stages);
  const resumed = resume && decodeCheckpoint(resume);
  const first = resumed ? stages.findIndex(({ name }) => name === resumed.stage) : 0;
  if (first < 0)
    throw new TrainError(
      "checkpoint-mismatch",
      `Expected a checkpoint of the stages ${stages.map(({ name }) => name).join(", ")}, got ${resumed!.stage}.`,
    );
  let standing: Standing | undefined;
  try {
    for (const [offset, stage] of stages.slice(first).entries()) {
      const here = resumed && offset === 0 ? resumed : undefined;
      const next = here ? resumeStage(model, stage, here) : await beginStage(model, stage, standing);
      if (standing) endStanding(standing);
      standing = next;
      for (let step = here?.step ?? 0; step < stage.steps; step++) {
        const { transform } = stage;
        const { slots, ...result } = await stageStep(model, stage, { loss, transform, slots: next.slots, step });
        next.slots = slots;
        next.ema?.update(model, step + 1);
        const at = { stage: stage.name, step: step + 1 };
        yield {
          ...at,
          ...result,
          started: next.started,
          ema: next.ema,
          checkpoint: async (notes = {}) => encodeCheckpoint(await snapshot(model, next, { ...at, notes })),
        };
      }
    }
  } finally {
    if (standing) endStanding(standing);
  }
}

async function stageStep<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
  model: Model,
  { name, batch: batchAt }: Stage<Batch>,
  options: TrainStepOptions<Model, Batch>,
) {
  const batch = await batchAt(options.step);
  try {
    return await trainStep(model, batch, options);
  } catch (cause) {
    if (cause instanceof TrainError) throw new TrainError(cause.code, `Stage ${name}: ${cause.message}`, { cause });
    throw cause;
  } finally {
    dispose(batch);
  }
}
