import { dispose, type NamedTensorMap, type Tensor } from "@tensorflow/tfjs-core";
import { readTensors, toTensors } from "./arrays.ts";
import { type Checkpoint, decodeCheckpoint } from "./checkpoint.ts";
import { type Ema, ema as startEma, weightsOf } from "./ema.ts";
import { TrainError } from "./errors.ts";
import { compareByShape, type RestoreReport, restoreSlots, restoreWeights } from "./restore.ts";
import type { Stage } from "./stage.ts";
import type { Trainable } from "./trainable.ts";
import { disposeSlots, startSlots } from "./trainStep.ts";
import type { Slots } from "./transform.ts";

/** What a stage holds beside the model's weights, while it runs. */
export interface Standing {
  slots: Slots;
  readonly ema?: Ema | undefined;
  /** What the stage's start took over. */
  readonly started: StageStarted;
}

/** What a stage took over at its start, told by name; a part is absent where nothing was taken. */
export interface StageStarted {
  /** Where the weights came from elsewhere than the model itself. */
  readonly weights?: RestoreReport | undefined;
  /** Where the optimizer's slots were taken over. */
  readonly optimizer?: RestoreReport | undefined;
}

/** A stage at its step 0. */
export async function beginStage<Batch>(model: Trainable, { name, transform, start = {}, ema }: Stage<Batch>, before?: Standing): Promise<Standing> {
  const inherits = start.optimizer || start.weights === "ema";
  const source = start.from ? decodeCheckpoint(start.from) : before && inherits ? await readStanding(before) : undefined;
  const taken = start.weights === "ema" ? source?.ema : source?.weights;
  if (start.weights === "ema" && !taken) throw new RangeError(`Expected an average for stage ${name} to start from, got a checkpoint without one.`);
  const weights = taken && restoreWeights(model, taken);
  const fresh = startSlots(transform, model);
  const { slots, report: optimizer } = start.optimizer && source ? restoreSlots(fresh, source.slots) : { slots: fresh };
  return { slots, ema: ema && startEma(model, ema), started: { weights, optimizer } };
}

/** A stage where a checkpoint left it. Throws TrainError `checkpoint-mismatch`, and changes nothing, where it is not of this model and stage. */
export function resumeStage<Batch>(model: Trainable, { name, steps, transform, ema }: Stage<Batch>, checkpoint: Checkpoint): Standing {
  if (checkpoint.step > steps) throw mismatch(`at most ${steps} steps in stage ${name}, got ${checkpoint.step}`);
  if (!ema !== !checkpoint.ema) throw mismatch(`${ema ? "an" : "no"} average in stage ${name}, got ${checkpoint.ema ? "one" : "none"}`);
  requireWhole("weights", compareByShape(weightsOf(model), checkpoint.weights));
  if (checkpoint.ema) requireWhole("average", compareByShape(weightsOf(model), checkpoint.ema));
  const { slots, report } = restoreSlots(startSlots(transform, model), checkpoint.slots);
  try {
    requireWhole("optimizer", report);
  } catch (error) {
    disposeSlots(slots);
    throw error;
  }
  restoreWeights(model, checkpoint.weights);
  const average = toTensors(checkpoint.ema ?? {});
  const standing = { slots, ema: ema && startEma(model, ema, average), started: {} };
  dispose(average);
  return standing;
}

/** The standing and the model as a checkpoint. */
export async function snapshot(model: Trainable, standing: Standing, at: Pick<Checkpoint, "stage" | "step" | "notes">): Promise<Checkpoint> {
  return { ...at, weights: await readTensors(weightsOf(model)), ...(await readStanding(standing)) };
}

export function endStanding({ slots, ema }: Standing): void {
  disposeSlots(slots);
  ema?.dispose();
}

/** The model itself holds the weights: a stage that goes on from the one before takes them as they are. */
async function readStanding({ slots, ema }: Standing): Promise<Pick<Checkpoint, "ema" | "slots"> & { weights?: undefined }> {
  const entries = Object.entries(slots);
  const tensors: NamedTensorMap = Object.fromEntries(entries.filter((slot): slot is [string, Tensor] => typeof slot[1] !== "number"));
  const numbers = Object.fromEntries(entries.filter((slot): slot is [string, number] => typeof slot[1] === "number"));
  return { slots: { ...(await readTensors(tensors)), ...numbers }, ema: ema && (await readTensors(ema.weights)) };
}

function requireWhole(what: string, { fresh, misshapen, unused }: RestoreReport): void {
  if (fresh.length + misshapen.length + unused.length === 0) return;
  const list = (kind: string, names: readonly string[]) => (names.length ? `; ${names.length} ${kind}, such as ${names[0]}` : "");
  throw mismatch(`the ${what} of this model and plan${list("missing", fresh)}${list("of another shape", misshapen)}${list("unknown", unused)}`);
}

const mismatch = (expected: string) => new TrainError("checkpoint-mismatch", `Expected a checkpoint of this run with ${expected}.`);
