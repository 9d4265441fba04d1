import { join } from "node:path";
import { json, parseJson } from "@mammo/files";
import { readFileIfThere, readJson, writeFileAtomically } from "@mammo/files/node";
import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { toTensors } from "../arrays.ts";
import { type Checkpoint, decodeCheckpoint } from "../checkpoint.ts";
import { withWeights } from "../ema.ts";
import { TrainError } from "../errors.ts";
import type { Stage } from "../stage.ts";
import { type Trainable, weightsOf } from "../trainable.ts";
import { trainStage } from "../trainStage.ts";
import { disposeState, resumeStage } from "../trainState.ts";
import { watchDynamics } from "./watchDynamics.ts";

/** Where a stage keeps its files, and what is done at its end. */
export interface RunStageOptions<Validation extends object> {
  /** `NAME.safetensors` (the checkpoint) and `NAME.json` (the summary) of the stage; the folder is made where it is not there. One process at a time writes it. */
  readonly folder: string;
  /** A checkpoint of the stage before, as for `trainStage`. Of no effect where the stage goes on. */
  readonly previous?: Uint8Array | undefined;
  /** Texts for every checkpoint, such as the seed and hashes of the data: a checkpoint with others is refused. `losses` and `seconds` are the stage's own. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Steps between two checkpoints: what a killed run loses at most. Default 20. */
  readonly saveEvery?: number;
  /** Also after so many seconds. Default: never. */
  readonly saveEverySeconds?: number;
  /**
   * Measures what happens inside the net every so many steps, into `NAME.dynamics.jsonl` (a line of JSON for each, an `ObservedStep`) and, at the end of the stage, `tensorboard/NAME/events.out.tfevents.mammo` beside the folder's
   * checkpoints. Default: never.
   */
  readonly observeEvery?: number | undefined;
  /** Runs at the end of the stage, with the averages in the model where the stage keeps some; what it gives becomes part of the summary. */
  readonly validate?: () => Validation | Promise<Validation>;
}

/** What a finished stage tells, as its JSON file does. */
export interface StageSummary {
  readonly stage: string;
  readonly steps: number;
  /** Of all runs together that it took. */
  readonly seconds: number;
  /** Along the stage: at most fifty means. */
  readonly losses: readonly (readonly [step: number, loss: number])[];
}

/** What happens in a stage, in this order. */
export type StageEvent<Validation extends object = object> =
  /** `step` is where it goes on: 0 at the first run, `steps` where it was finished before. */
  | { readonly kind: "started"; readonly stage: string; readonly step: number; readonly steps: number }
  | {
      readonly kind: "step";
      readonly stage: string;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly gradientNorm: number;
    }
  | { readonly kind: "finished"; readonly stage: string; readonly summary: StageSummary & Validation };

/** What a recipe goes on with. */
export interface StageResult<Validation extends object> {
  readonly summary: StageSummary & Validation;
  /** The last checkpoint: the `previous` of the next stage. */
  readonly checkpoint: Uint8Array;
}

/**
 * Runs a stage whose state is kept in a folder: from its start where there is no checkpoint, from there where there is one, not at all where it is
 * finished; the model then holds its weights. Killed at any moment, it goes on to the same bytes. Returns what the next stage needs.
 *
 * @throws RangeError for a stage without a step or with a name that is no file name; TrainError as `trainStage`; FilesError where the disk refuses.
 * @example
 * const first = yield* runStageInFolder(detector, patches, { folder, validate: async () => ({ accuracy: await accuracy(detector) }) });
 * yield* runStageInFolder(dream, views, { folder, previous: first.checkpoint });
 */
export async function* runStageInFolder<
  Model extends Trainable,
  Batch extends Readonly<Record<string, Tensor>>,
  Validation extends object = Record<never, never>,
>(
  model: Model,
  stage: Stage<Model, Batch>,
  { folder, previous, notes = {}, saveEvery = 20, saveEverySeconds = Infinity, observeEvery, validate }: RunStageOptions<Validation>,
): AsyncGenerator<StageEvent<Validation>, StageResult<Validation>> {
  const { name, steps } = stage;
  if (!/^\w[\w.-]*$/.test(name)) throw new RangeError(`Expected a stage's name of letters, digits, ".", "_" and "-", got ${JSON.stringify(name)}.`);
  if (steps === 0) throw new RangeError(`Expected at least one step in stage ${name}, got 0.`);
  const [path, summaryPath] = [join(folder, `${name}.safetensors`), join(folder, `${name}.json`)];
  let checkpoint = await readFileIfThere(path);
  const saved = checkpoint && decodeCheckpoint(checkpoint);
  for (const [note, text] of Object.entries(notes))
    if (saved && saved.notes[note] !== text)
      throw new TrainError("checkpoint-mismatch", `Stage ${name}: expected a checkpoint whose ${note} is ${text}, got ${shown(saved.notes[note])}.`);
  yield { kind: "started", stage: name, step: saved?.step ?? 0, steps };

  const progress = progressOf(saved);
  const watch = observeEvery === undefined ? undefined : await watchDynamics({ folder, name, from: saved?.step ?? 0, every: observeEvery });
  const finish = async (average: Readonly<Record<string, Tensor>> | undefined): Promise<StageSummary & Validation> => {
    const validated = await (average && validate ? withWeights(model, average, validate) : validate?.());
    const summary = { stage: name, steps, seconds: progress.seconds(), losses: thinned(progress.losses), ...(validated as Validation) };
    await writeFileAtomically(summaryPath, json(summary));
    return summary;
  };
  let summary: (StageSummary & Validation) | undefined;
  if (checkpoint && saved?.step === steps) {
    disposeState(resumeStage(model, stage, saved));
    const kept = await readJson(summaryPath);
    summary = isSummaryOf(stage, kept) ? (kept as StageSummary & Validation) : await finishSaved(model, saved, finish);
  } else {
    let savedAt = performance.now();
    const observe = watch && { observe: (step: number) => (step + 1) % observeEvery! === 0 };
    for await (const report of trainStage(model, stage, { resume: checkpoint, previous, ...observe })) {
      const { step, loss, gradientNorm, dynamics } = report;
      progress.losses.push([step, loss]);
      if (dynamics) watch?.add({ stage: name, step, time: Date.now() / 1000, loss, gradientNorm, ...dynamics });
      // Before the last checkpoint: where that one stands, nothing is left to do.
      if (step === steps) summary = await finish(report.ema?.weights);
      if (step === steps) await watch?.end();
      if (step === steps || step % saveEvery === 0 || performance.now() - savedAt >= 1000 * saveEverySeconds) {
        await watch?.save();
        checkpoint = await report.checkpoint({ ...notes, losses: JSON.stringify(progress.losses), seconds: String(progress.seconds()) });
        await writeFileAtomically(path, checkpoint);
        savedAt = performance.now();
      }
      yield { kind: "step", stage: name, step, steps, loss, gradientNorm };
    }
  }
  yield { kind: "finished", stage: name, summary: summary! };
  return { summary: summary!, checkpoint: checkpoint! };
}

/** Numbers and hashes as they are; any other text of a file is not repeated. */
const shown = (note: string | undefined): string => (note === undefined ? "none" : /^[\da-f]{1,64}$/.test(note) ? note : "another");

/** Losses and time of the runs before this one, which go on. */
function progressOf(saved: Checkpoint | undefined) {
  const { losses: text = "[]", seconds = "0" } = saved?.notes ?? {};
  const [losses, before] = [readLosses(text), Number(seconds)];
  if (!losses || !(before >= 0))
    throw new TrainError("checkpoint-format", "Expected a checkpoint with its losses as steps and numbers, and its seconds, got other notes.");
  const begun = performance.now();
  return { losses, seconds: () => before + (performance.now() - begun) / 1000 };
}

function readLosses(text: string): [step: number, loss: number][] | undefined {
  try {
    const losses = parseJson(new TextEncoder().encode(text), { maxValues: 2 ** 21 });
    return areLosses(losses) ? (losses as [number, number][]) : undefined;
  } catch {
    return undefined;
  }
}

const areLosses = (value: unknown): boolean =>
  Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite));

/** Whether a kept file is the summary of this stage: one that is not is made again. */
function isSummaryOf({ name, steps }: { readonly name: string; readonly steps: number }, kept: unknown): boolean {
  if (typeof kept !== "object" || kept === null) return false;
  const { stage, steps: told, seconds, losses } = kept as Partial<Record<keyof StageSummary, unknown>>;
  return (
    stage === name &&
    told === steps &&
    Number.isFinite(seconds) &&
    (seconds as number) >= 0 &&
    areLosses(losses) &&
    (losses as unknown[]).length <= 50
  );
}

/** The summary of a stage whose last checkpoint stands but whose summary was lost. */
async function finishSaved<T>(
  model: Trainable,
  { ema }: Checkpoint,
  finish: (average: Readonly<Record<string, Tensor>> | undefined) => Promise<T>,
): Promise<T> {
  const average = ema && toTensors(ema, weightsOf(model));
  try {
    return await finish(average);
  } finally {
    if (average) dispose(average);
  }
}

/** At most fifty points, each the mean of its stretch. */
function thinned(losses: readonly (readonly [number, number])[]): [number, number][] {
  const length = Math.ceil(losses.length / 50);
  return Array.from({ length: Math.ceil(losses.length / length) }, (_, part) => {
    const stretch = losses.slice(part * length, (part + 1) * length);
    return [stretch.at(-1)![0], stretch.reduce((sum, [, loss]) => sum + loss, 0) / stretch.length];
  });
}
