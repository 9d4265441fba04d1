import type { EmaOptions } from "./ema.ts";
import type { MinedPlace } from "./sampling/mineNegatives.ts";
import type { Trainable } from "./trainable.ts";
import type { Loss } from "./trainStep.ts";
import type { Transform } from "./transforms/transform.ts";

/** A stage of training is data: what is minimized, on which batches, by which optimizer, from what start. */
export interface Stage<Model extends Trainable, Batch> {
  /** Unique in the run; a checkpoint carries it. */
  readonly name: string;
  readonly steps: number;
  readonly loss: Loss<Model, Batch>;
  readonly transform: Transform;
  /** The batch of step 0, 1, 2, …: a pure function of the step and of what is mined, so that a stopped run goes on exactly. `trainStage` disposes of the tensors. */
  readonly batch: (step: number, mined: readonly MinedPlace[]) => Batch | Promise<Batch>;
  /** What the batch of a step is made of, for `TrainError.batch` where its loss is not finite. */
  readonly batchIds?: (step: number, mined: readonly MinedPlace[]) => readonly string[] | Promise<readonly string[]>;
  /** Hard negatives for its batches, mined again and again. */
  readonly negatives?: StageNegatives<Model>;
  /** What it takes from the stage before. */
  readonly start?: StageStart;
  /** Keep an average of the weights. */
  readonly ema?: EmaOptions;
}

/** When hard negatives are mined from the net as it is then, and how. */
export interface StageNegatives<Model extends Trainable> {
  /** After so many steps, twice as many, …; before the first time the batches get an empty list. */
  readonly every: number;
  /** Such as `mineNegatives`. The list is part of each checkpoint: a stopped run goes on with it. */
  readonly mine: (model: Model) => Promise<readonly MinedPlace[]> | readonly MinedPlace[];
}

/** What a stage takes from the checkpoint `previous` that it is given, where name and shape fit. */
export interface StageStart {
  /** The weights as trained (default) or their average. */
  readonly weights?: "raw" | "ema";
  /** Take over the optimizer's state. Default false: an optimizer that remembers nothing. */
  readonly optimizer?: boolean;
}

/** Refuses a stage that cannot run, before any work is done. */
export function requireRunnable<Model extends Trainable, Batch>({ name, steps, start, negatives }: Stage<Model, Batch>, previous: boolean): void {
  if (!(Number.isInteger(steps) && steps >= 0)) throw new RangeError(`Expected a whole number of steps in stage ${name}, got ${steps}.`);
  if (negatives && !(Number.isInteger(negatives.every) && negatives.every >= 1))
    throw new RangeError(`Expected negatives of stage ${name} every whole number of steps above 0, got ${negatives.every}.`);
  if (!previous && (start?.optimizer || start?.weights === "ema"))
    throw new RangeError(`Expected a previous checkpoint for stage ${name} to start from, got none.`);
}
