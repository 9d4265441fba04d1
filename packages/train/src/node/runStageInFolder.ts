import { join } from "node:path";
import { json } from "@mammo/files";
import { readFileIfThere, readJson, writeFileAtomically } from "@mammo/files/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { toTensors } from "../arrays.ts";
import { type Checkpoint, decodeCheckpoint } from "../checkpoint.ts";
import { withWeights } from "../ema.ts";
import { TrainError } from "../errors.ts";
import type { Stage } from "../stage.ts";
import { type Trainable, weightsOf } from "../trainable.ts";
import { type StepReport, trainStage } from "../trainStage.ts";
import { disposeState, resumeStage } from "../trainState.ts";
import { arePairs, type BestOptions, bestOf, isSpent, type JudgedStep, readPairs, requireBest } from "./best.ts";
import { watchDynamics } from "./watchDynamics.ts";

/** Where a stage keeps its files, and what is done at its end. */
export interface RunStageOptions<Validation extends object> {
  /**
   * `NAME.safetensors` (the checkpoint) and `NAME.json` (the summary) of the stage; the folder is made where it is not there. One process at a time writes it.
   * Where a step is not finite, `NAME.not-finite.json` holds what its batch was made of (ids of yours, as `Stage.batchIds` tells them), beside the last good checkpoint.
   */
  readonly folder: string;
  /** A checkpoint of the stage before, as for `trainStage`. Of no effect where the stage goes on. */
  readonly previous?: Uint8Array | undefined;
  /** Texts for every checkpoint, such as the seed and hashes of the data: a checkpoint with others is refused. `losses`, `seconds` and `judged` are the stage's own. */
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
  /** Validates along the stage too, and keeps the checkpoint that is best by a metric as `NAME.best.safetensors`. Default: the last one is all there is. */
  readonly best?: BestOptions<Validation> | undefined;
  /** As for `trainStage`: batches that are begun before their step. */
  readonly ahead?: number;
}

/** What a finished stage tells, as its JSON file does. */
export interface StageSummary {
  readonly stage: string;
  /** Steps done: fewer than planned where `patience` ended it. */
  readonly steps: number;
  /** Of all runs together that it took. */
  readonly seconds: number;
  /** Along the stage: at most fifty means. */
  readonly losses: readonly (readonly [step: number, loss: number])[];
  /** Where the best checkpoint is kept: its step and what it reached by the metric, and all that was judged. */
  readonly best?: { readonly metric: string; readonly step: number; readonly value: number; readonly judged: readonly JudgedStep[] };
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
  /** A step that was judged by the metric. */
  | { readonly kind: "judged"; readonly stage: string; readonly step: number; readonly value: number; readonly isBest: boolean }
  | { readonly kind: "finished"; readonly stage: string; readonly summary: StageSummary & Validation };

/** What a recipe goes on with. */
export interface StageResult<Validation extends object> {
  readonly summary: StageSummary & Validation;
  /** The last checkpoint: the `previous` of the next stage. */
  readonly checkpoint: Uint8Array;
  /** The checkpoint that was best by the metric, where it is kept: the `previous` of the next stage, if that is to go on from there. */
  readonly best?: Uint8Array;
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
>(model: Model, stage: Stage<Model, Batch>, options: RunStageOptions<Validation>): AsyncGenerator<StageEvent<Validation>, StageResult<Validation>> {
  requireKnownKeys("runStageInFolder", options, {
    folder: true,
    previous: true,
    notes: true,
    saveEvery: true,
    saveEverySeconds: true,
    observeEvery: true,
    validate: true,
    best: true,
    ahead: true,
  });
  const { folder, previous, notes = {}, saveEvery = 20, saveEverySeconds = Infinity, observeEvery, validate, best, ahead } = options;
  const { name, steps } = stage;
  if (!/^\w[\w.-]*$/.test(name)) throw new RangeError(`Expected a stage's name of letters, digits, ".", "_" and "-", got ${JSON.stringify(name)}.`);
  if (steps === 0) throw new RangeError(`Expected at least one step in stage ${name}, got 0.`);
  if (!(saveEvery > 0 && saveEverySeconds >= 0))
    throw new RangeError(`Expected saveEvery above 0 and saveEverySeconds of at least 0 in stage ${name}, got ${saveEvery} and ${saveEverySeconds}.`);
  if (best) requireBest(name, best, validate);
  const [path, bestPath, summaryPath] = [`${name}.safetensors`, `${name}.best.safetensors`, `${name}.json`].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  let checkpoint = await readFileIfThere(path);
  const saved = checkpoint && decodeCheckpoint(checkpoint);
  for (const [note, text] of Object.entries(notes))
    if (saved && saved.notes[note] !== text)
      throw new TrainError("checkpoint-mismatch", `Stage ${name}: expected a checkpoint whose ${note} is ${text}, got ${shown(saved.notes[note])}.`);
  const metric = saved?.notes["metric"];
  if (metric !== undefined && best && metric !== best.metric)
    throw new TrainError(
      "checkpoint-mismatch",
      `Stage ${name}: expected a checkpoint whose best is judged by ${best.metric}, got one of another metric.`,
    );
  if (saved) disposeState(resumeStage(model, stage, saved)); // of this model and stage, before anything is written
  yield { kind: "started", stage: name, step: saved?.step ?? 0, steps };

  const progress = progressOf(saved, metric ?? best?.metric);
  const watch = observeEvery === undefined ? undefined : await watchDynamics({ folder, name, from: saved?.step ?? 0, every: observeEvery });
  const judge = async (average: Average): Promise<Validation | undefined> =>
    validate && (average ? withWeights(model, average, async () => validate()) : validate());
  const finish = async (average: Average, step: number, validated?: Validation): Promise<StageSummary & Validation> => {
    const found = bestOf(progress.judged);
    const kept = best && found && { best: { metric: best.metric, step: found[0], value: found[1], judged: progress.judged } };
    const told = { stage: name, steps: step, seconds: progress.seconds(), losses: thinned(progress.losses), ...kept };
    const summary = { ...told, ...((validated ?? (await judge(average))) as Validation) };
    await writeFileAtomically(summaryPath, json(summary));
    return summary;
  };
  // A best checkpoint is one that stands already: whoever was ended between the two writes makes up for the second.
  const keepBest = async (step: number, bytes: Uint8Array) => {
    if (best && bestOf(progress.judged)?.[0] === step) await writeFileAtomically(bestPath, bytes);
  };
  if (checkpoint) await keepBest(saved!.step, checkpoint);
  let summary: (StageSummary & Validation) | undefined;
  if (checkpoint && saved && (saved.step === steps || (best && isSpent(progress.judged, best.patience)))) {
    const kept = await readJson(summaryPath);
    summary = isSummaryOf(saved, kept) ? (kept as StageSummary & Validation) : await finishSaved(model, saved, finish);
  } else {
    let savedAt = performance.now();
    const observe = watch && { observe: (step: number) => (step + 1) % observeEvery! === 0 };
    const reports = trainStage(model, stage, { resume: checkpoint, previous, ...observe, ...(ahead === undefined ? {} : { ahead }) });
    for await (const report of keepingBatch(reports, join(folder, `${name}.not-finite.json`))) {
      const { step, loss, gradientNorm, dynamics } = report;
      progress.losses.push([step, loss]);
      if (dynamics) watch?.add({ stage: name, step, time: Date.now() / 1000, loss, gradientNorm, ...dynamics });
      const isJudged = best !== undefined && (step === steps || step % best.every === 0);
      const validated = isJudged ? await judge(report.ema?.weights) : undefined;
      if (isJudged) progress.judged.push([step, finite(best, validated!, at(name, step))]);
      const isLast = step === steps || (isJudged && isSpent(progress.judged, best.patience));
      // Before the last checkpoint: where that one stands, nothing is left to do.
      if (isLast) summary = await finish(report.ema?.weights, step, validated);
      if (isLast) await watch?.end();
      if (isLast || isJudged || step % saveEvery === 0 || performance.now() - savedAt >= 1000 * saveEverySeconds) {
        await watch?.save();
        checkpoint = await report.checkpoint({ ...notes, ...progress.notes() });
        await writeFileAtomically(path, checkpoint);
        await keepBest(step, checkpoint);
        savedAt = performance.now();
      }
      yield { kind: "step", stage: name, step, steps, loss, gradientNorm };
      if (isJudged) yield { kind: "judged", stage: name, step, value: progress.judged.at(-1)![1], isBest: bestOf(progress.judged)![0] === step };
      if (isLast) break;
    }
  }
  yield { kind: "finished", stage: name, summary: summary! };
  return { summary: summary!, checkpoint: checkpoint!, ...(best ? { best: await readBest(bestPath, name, bestOf(progress.judged)) } : {}) };
}

type Average = Readonly<Record<string, Tensor>> | undefined;

const at = (stage: string, step: number): string => `step ${step} of stage ${stage}`;

function finite<Validation extends object>({ metric, of }: BestOptions<Validation>, validated: Validation, where: string): number {
  const value = of(validated);
  if (Number.isFinite(value)) return value;
  throw new RangeError(`Expected ${metric} as a finite number at ${where}, got ${value}.`);
}

/** The same reports; where a step is not finite, what its batch was made of is written first. */
async function* keepingBatch(reports: AsyncIterable<StepReport>, path: string): AsyncGenerator<StepReport, void> {
  try {
    yield* reports;
  } catch (cause) {
    if (cause instanceof TrainError && cause.batch) await writeFileAtomically(path, json({ error: cause.message, batch: cause.batch }));
    throw cause;
  }
}

/** The best checkpoint of a finished stage. */
async function readBest(path: string, stage: string, judged: JudgedStep | undefined): Promise<Uint8Array> {
  const bytes = judged && (await readFileIfThere(path));
  if (bytes && decodeCheckpoint(bytes).step === judged[0]) return bytes;
  throw new TrainError(
    "checkpoint-mismatch",
    `Stage ${stage}: expected its best checkpoint${judged ? ` of step ${judged[0]}` : ""} beside its last, got ${judged ? "none" : "a stage that was never judged"}: remove the stage's files to run it again.`,
  );
}

/** Numbers and hashes as they are; any other text of a file is not repeated. */
const shown = (note: string | undefined): string => (note === undefined ? "none" : /^[\da-f]{1,64}$/.test(note) ? note : "another");

/** Losses, judged steps and time of the runs before this one, which go on. */
function progressOf(saved: Checkpoint | undefined, metric: string | undefined) {
  const { losses: ofLosses = "[]", judged: ofJudged = "[]", seconds: told = "0" } = saved?.notes ?? {};
  const [losses, judged, before] = [readPairs(ofLosses), readPairs(ofJudged), Number(told)];
  if (!losses || !judged || !(before >= 0))
    throw new TrainError("checkpoint-format", "Expected a checkpoint with its losses as steps and numbers, and its seconds, got other notes.");
  const begun = performance.now();
  const seconds = () => before + (performance.now() - begun) / 1000;
  const notes = () => ({
    losses: JSON.stringify(losses),
    seconds: String(seconds()),
    ...(judged.length > 0 ? { judged: JSON.stringify(judged), ...(metric === undefined ? {} : { metric }) } : {}),
  });
  return { losses, judged, seconds, notes };
}

/** Whether a kept file is the summary of this stage: one that is not is made again. */
function isSummaryOf({ stage: name, step: steps }: Pick<Checkpoint, "stage" | "step">, kept: unknown): boolean {
  if (typeof kept !== "object" || kept === null) return false;
  const { stage, steps: told, seconds, losses } = kept as Partial<Record<keyof StageSummary, unknown>>;
  return (
    stage === name && told === steps && Number.isFinite(seconds) && (seconds as number) >= 0 && arePairs(losses) && (losses as unknown[]).length <= 50
  );
}

/** The summary of a stage whose last checkpoint stands but whose summary was lost. */
async function finishSaved<T>(model: Trainable, { ema, step }: Checkpoint, finish: (average: Average, step: number) => Promise<T>): Promise<T> {
  const average = ema && toTensors(ema, weightsOf(model));
  try {
    return await finish(average, step);
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
