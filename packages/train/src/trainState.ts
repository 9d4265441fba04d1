import { compareWeights, type WeightsComparison } from "@mammo/weights";
import { dispose, type NamedTensorMap, type Tensor } from "@tensorflow/tfjs-core";
import { readTensors, toTensors } from "./arrays.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Ema, ema as startEma } from "./ema.ts";
import { TrainError } from "./errors.ts";
import { restoreOptimizer, restoreWeights } from "./restore.ts";
import type { MinedPlace } from "./sampling/mineNegatives.ts";
import type { Stage } from "./stage.ts";
import { type Trainable, weightsOf } from "./trainable.ts";
import { disposeOptimizer, initOptimizer } from "./trainStep.ts";
import { describe, type OptimizerState } from "./transforms/transform.ts";

/** What a stage holds beside the model's weights, while it runs. */
export interface TrainState {
  optimizer: OptimizerState;
  /** The stage's transform in words. */
  readonly transform: string;
  readonly ema?: Ema | undefined;
  /** The hard negatives in use, where the stage mines some. */
  mined?: readonly MinedPlace[] | undefined;
  /** What the stage's start took over. */
  readonly started: StageStarted;
}

/** What a stage took over at its start, told by name; a part is absent where nothing was taken. */
export interface StageStarted {
  /** Of the weights, where a previous checkpoint was given. */
  readonly weights?: WeightsComparison | undefined;
  /** Of the optimizer's state, where the stage takes it over. */
  readonly optimizer?: WeightsComparison | undefined;
}

/** A stage at its step 0. */
export function beginStage<Model extends Trainable, Batch>(
  model: Model,
  { name, transform, start = {}, ema, negatives }: Stage<Model, Batch>,
  previous: Checkpoint | undefined,
): TrainState {
  const source = start.weights === "ema" ? previous?.ema : previous?.weights;
  if (previous && !source) throw new RangeError(`Expected an average for stage ${name} to start from, got a checkpoint without one.`);
  const weights = source && restoreWeights(model, source);
  const first = initOptimizer(transform, model);
  const begun = { transform: describe(transform), ema: ema && startEma(model, ema), mined: negatives && [] };
  if (!start.optimizer || !previous) return { ...begun, optimizer: first, started: { weights } };
  const { state, comparison } = restoreOptimizer(first, previous.optimizer);
  return { ...begun, optimizer: state, started: { weights, optimizer: comparison } };
}

/**
 * A stage where a checkpoint left it.
 *
 * @throws TrainError `checkpoint-mismatch`, and changes nothing, where it is not of this model and stage.
 */
export function resumeStage<Model extends Trainable, Batch>(
  model: Model,
  { name, steps, transform, ema, negatives }: Stage<Model, Batch>,
  checkpoint: Checkpoint,
): TrainState {
  if (checkpoint.stage !== name) throw mismatch(`of stage ${name}, got another`);
  if (checkpoint.step > steps) throw mismatch(`with at most ${steps} steps in stage ${name}, got ${checkpoint.step}`);
  if (!ema !== !checkpoint.ema) throw mismatch(`with ${ema ? "an" : "no"} average in stage ${name}, got ${checkpoint.ema ? "one" : "none"}`);
  if (!negatives !== !checkpoint.mined)
    throw mismatch(`with ${negatives ? "a list of" : "no"} mined negatives in stage ${name}, got ${checkpoint.mined ? "one" : "none"}`);
  requireAll("weights", compareWeights(weightsOf(model), checkpoint.weights));
  if (checkpoint.ema) requireAll("average", compareWeights(weightsOf(model), checkpoint.ema));
  const { state, comparison } = restoreOptimizer(initOptimizer(transform, model), checkpoint.optimizer);
  try {
    requireAll("optimizer", comparison);
    if (checkpoint.transform !== undefined && checkpoint.transform !== describe(transform))
      throw mismatch(`of the optimizer ${describe(transform)} in stage ${name}, got another`);
  } catch (error) {
    disposeOptimizer(state);
    throw error;
  }
  restoreWeights(model, checkpoint.weights);
  const average = toTensors(checkpoint.ema ?? {}, weightsOf(model));
  const train = { optimizer: state, transform: describe(transform), ema: ema && startEma(model, ema, average), mined: checkpoint.mined, started: {} };
  dispose(average);
  return train;
}

/** The state and the model as a checkpoint. */
export async function snapshot(
  model: Trainable,
  { optimizer, transform, ema, mined }: TrainState,
  at: Pick<Checkpoint, "stage" | "step" | "notes">,
): Promise<Checkpoint> {
  const entries = Object.entries(optimizer);
  const tensors: NamedTensorMap = Object.fromEntries(entries.filter((entry): entry is [string, Tensor] => typeof entry[1] !== "number"));
  const numbers = Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  return {
    ...at,
    weights: await readTensors(weightsOf(model)),
    ema: ema && (await readTensors(ema.weights)),
    optimizer: { ...(await readTensors(tensors)), ...numbers },
    transform,
    mined,
  };
}

/** Frees what the state holds; the model keeps its weights. */
export function disposeState({ optimizer, ema }: TrainState): void {
  disposeOptimizer(optimizer);
  ema?.dispose();
}

function requireAll(what: string, { missing, shapeMismatch, unexpected }: WeightsComparison): void {
  if (missing.length + shapeMismatch.length + unexpected.length === 0) return;
  const list = (kind: string, names: readonly string[]) => (names.length ? `; ${names.length} ${kind}, such as ${names[0]}` : "");
  // The model's own names are told; what the file calls its others is not.
  const others = unexpected.length ? `; ${unexpected.length} unexpected` : "";
  const faults = list("missing", missing) + list("of another shape", shapeMismatch) + others;
  throw mismatch(`with the ${what} of this model and stage${faults}`);
}

const mismatch = (expected: string) => new TrainError("checkpoint-mismatch", `Expected a checkpoint ${expected}.`);
