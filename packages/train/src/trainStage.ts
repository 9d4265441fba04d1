import { requireKnownKeys } from "@mammo/mammogram";
import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { decodeCheckpoint, encodeCheckpoint, requireMined } from "./checkpoint.ts";
import type { StepDynamics } from "./dynamics/dynamics.ts";
import type { Ema } from "./ema.ts";
import { TrainError } from "./errors.ts";
import { prefetch } from "./prefetch.ts";
import { requireRunnable, type Stage } from "./stage.ts";
import type { Trainable } from "./trainable.ts";
import { beginStage, disposeState, resumeStage, type StageStarted, snapshot } from "./trainState.ts";
import { type TrainStepOptions, trainStep } from "./trainStep.ts";

/** Where a stage goes on from. */
export interface TrainStageOptions {
  /** A checkpoint of this stage: it goes on after its step, to the same bytes as a run that never stopped, where the backend computes deterministically. */
  readonly resume?: Uint8Array | undefined;
  /**
   * A checkpoint of the stage before, of this model or of another whose names partly agree: the stage's `start` says what is taken from it. Without it:
   * the weights that the model holds, and an optimizer that remembers nothing.
   */
  readonly previous?: Uint8Array | undefined;
  /** Steps (0 the first) that also measure what happens inside the net. Default none. */
  readonly observe?: (step: number) => boolean;
  /**
   * Batches of coming steps that are begun before their turn, so that the backend need not wait for them; their memory is taken. Changes no result: none is begun before
   * the negatives that it is drawn from are mined. Default 0.
   */
  readonly ahead?: number;
}

/** One step that is done, as `trainStage` yields it. */
export interface StepReport {
  readonly stage: string;
  /** Steps done in the stage: 1 after the first. */
  readonly step: number;
  readonly loss: number;
  /** Joint L2 norm of the raw gradients. */
  readonly gradientNorm: number;
  /** Where `observe` asked for it. */
  readonly dynamics?: StepDynamics;
  /** What the stage took over at its start; empty where it took nothing, or was resumed. */
  readonly started: StageStarted;
  /** The stage's average, alive until the generator ends. */
  readonly ema?: Ema | undefined;
  /** The state after this step as bytes, with texts of yours; ask before the generator moves on. */
  checkpoint(notes?: Readonly<Record<string, string>>): Promise<Uint8Array>;
}

/**
 * Runs a stage and yields after every step; the caller logs, evaluates, saves or breaks. Disposes of each batch. A recipe is code that calls it stage by
 * stage.
 *
 * @throws RangeError where the stage cannot run; TrainError `not-finite` (stage and step named; the model is as before that step), `checkpoint-mismatch`
 * where `resume` is of another model or stage, `checkpoint-format` where bytes are no checkpoint.
 * @example
 * for await (const { step, loss } of trainStage(model, { name: "S1", steps: 450, loss, batch, transform: adam({ learningRate: 1e-3 }) })) log(step, loss);
 */
export async function* trainStage<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
  model: Model,
  stage: Stage<Model, Batch>,
  options: TrainStageOptions = {},
): AsyncGenerator<StepReport, void> {
  requireKnownKeys("trainStage", options, { resume: true, previous: true, observe: true, ahead: true });
  const { resume, previous, observe = () => false, ahead = 0 } = options;
  requireRunnable(stage, Boolean(resume ?? previous));
  // It refuses what is no number of batches: before the model is touched.
  const batches = prefetch((step) => stage.batch(step, state.mined ?? []), ahead);
  const resumed = resume && decodeCheckpoint(resume);
  const state = resumed ? resumeStage(model, stage, resumed) : beginStage(model, stage, previous && decodeCheckpoint(previous));
  try {
    for (let step = resumed?.step ?? 0; step < stage.steps; step++) {
      const { loss, transform, negatives } = stage;
      if (negatives && step > 0 && step % negatives.every === 0) state.mined = requireMined(await negatives.mine(model));
      const nextMined = negatives ? (Math.floor(step / negatives.every) + 1) * negatives.every : Infinity;
      const batch = await batches.take(step, Math.min(stage.steps, nextMined));
      const ids = () => stage.batchIds?.(step, state.mined ?? []);
      const { state: optimizer, ...result } = await stageStep(model, { name: stage.name, ids }, batch, {
        loss,
        transform,
        state: state.optimizer,
        step,
        observe: observe(step),
      });
      state.optimizer = optimizer;
      state.ema?.update(model, step + 1);
      const at = { stage: stage.name, step: step + 1 };
      yield {
        ...at,
        ...result,
        started: state.started,
        ema: state.ema,
        checkpoint: async (notes = {}) => encodeCheckpoint(await snapshot(model, state, { ...at, notes })),
      };
    }
  } finally {
    await batches.drop();
    disposeState(state);
  }
}

async function stageStep<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
  model: Model,
  { name, ids }: { readonly name: string; readonly ids: () => ReturnType<NonNullable<Stage<Model, Batch>["batchIds"]>> | undefined },
  batch: Batch,
  options: TrainStepOptions<Model, Batch>,
) {
  try {
    return await trainStep(model, batch, options);
  } catch (cause) {
    if (!(cause instanceof TrainError)) throw cause;
    // Whatever keeps the ids from being told must not hide what happened.
    const made = await Promise.resolve()
      .then(ids)
      .catch(() => undefined);
    throw new TrainError(cause.code, `Stage ${name}: ${cause.message}`, { cause, ...(made ? { batch: made } : {}) });
  } finally {
    dispose(batch);
  }
}
