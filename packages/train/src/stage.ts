import type { EmaOptions } from "./ema.ts";
import type { Transform } from "./transform.ts";

/** A stage is data. Nothing outlives it but the weights and, for the next stage's start, the optimizer's slots and the average. */
export interface Stage<Batch> {
  /** Unique in the run; a checkpoint finds its stage by it. */
  readonly name: string;
  readonly steps: number;
  readonly transform: Transform;
  /** The batch of step 0, 1, 2, …: a pure function of the step, so that a stopped run goes on exactly. `runStages` disposes of the tensors. */
  readonly batch: (step: number) => Batch | Promise<Batch>;
  readonly start?: StageStart;
  /** Keep an average of the weights. */
  readonly ema?: EmaOptions;
}

/** What a stage begins from. Without it: the weights that the model holds, and an optimizer that remembers nothing. */
export interface StageStart {
  /** A checkpoint's bytes, of this model or of another whose names partly agree. Default: the stage before this one. */
  readonly from?: Uint8Array;
  /** The weights as trained (default) or their average. */
  readonly weights?: "raw" | "ema";
  /** Take over the optimizer's slots, where name and shape fit. Default false. */
  readonly optimizer?: boolean;
}

/** Refuses a plan that cannot run, before any work is done. */
export function requirePlan<Batch>(stages: readonly Stage<Batch>[]): void {
  for (const [index, { name, steps, start }] of stages.entries()) {
    if (!(Number.isInteger(steps) && steps >= 0)) throw new RangeError(`Expected a whole number of steps in stage ${name}, got ${steps}.`);
    if (stages.findIndex((other) => other.name === name) !== index)
      throw new RangeError(`Expected a name of its own for each stage, got ${name} twice.`);
    if (start?.from) continue;
    if (index === 0 && (start?.optimizer || start?.weights === "ema")) {
      throw new RangeError(`Expected a checkpoint for the first stage, ${name}, to start from, got none.`);
    }
    if (start?.weights === "ema" && !stages[index - 1]!.ema) {
      throw new RangeError(`Expected the stage before ${name} to keep an average for it to start from, got ${stages[index - 1]!.name} without one.`);
    }
  }
}
