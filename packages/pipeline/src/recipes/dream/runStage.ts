// One stage of a run's folder: begun, gone on with, or done before.
import { join } from "node:path";
import { json } from "@mammo/files";
import { readFileIfThere, readJson, writeFileAtomically } from "@mammo/files/node";
import { decodeCheckpoint, type Loss, restoreWeights, runStages, type Stage, type Trainable, withWeights } from "@mammo/train";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ValidationMetrics } from "../../predict/validate.ts";
import type { Progress } from "../../progress.ts";
import type { StageName } from "./trainingConfig.ts";

/** What a finished stage tells; kept in checkpoints/NAME.json. */
export interface StageSummary {
  readonly stage: StageName;
  readonly steps: number;
  readonly seconds: number;
  /** Training loss along the stage, at most fifty means. */
  readonly losses: readonly (readonly [step: number, loss: number])[];
  /** Share of patches that are classified right, in validation (S1). */
  readonly patchAccuracy?: number;
  /** Breast level, in validation (S2 and later; S3 on the averages). */
  readonly validation?: ValidationMetrics;
}

/** Where a stage keeps its files, and what is written into each checkpoint. */
export interface StageFolder {
  readonly folder: string;
  readonly notes: Readonly<Record<string, string>>;
}

/** Steps between two checkpoints: what a killed run loses at most. */
const saveEvery = 20;

interface StageOptions<Model extends Trainable, Batch> extends StageFolder {
  readonly loss: Loss<Model, Batch>;
  /** Measures the model when the stage is through; on the averages where the stage keeps some. */
  readonly measure: () => Promise<Partial<StageSummary>>;
}

/** One stage, from where its checkpoint left it: from its start where there is none, not at all where it is through. Yields after each step. */
export async function* runStage<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
  model: Model,
  stage: Stage<Batch>,
  options: StageOptions<Model, Batch>,
): AsyncGenerator<Progress, { readonly summary: StageSummary; readonly checkpoint: Uint8Array }> {
  const path = join(options.folder, "checkpoints", `${stage.name}.safetensors`);
  const summaryPath = join(options.folder, "checkpoints", `${stage.name}.json`);
  const saved = await readFileIfThere(path);
  const state = saved && decodeCheckpoint(saved);
  const kept = (await readJson(summaryPath)) as StageSummary | undefined;
  if (saved && kept && state?.step === stage.steps) {
    restoreWeights(model, state.weights);
    return { summary: kept, checkpoint: saved };
  }
  const notes = state?.notes ?? {};
  const losses: [step: number, loss: number][] = JSON.parse(notes["losses"] ?? "[]");
  const before = Number(notes["seconds"] ?? 0);
  const begun = performance.now();
  const seconds = () => before + (performance.now() - begun) / 1000;
  let summary: StageSummary | undefined;
  let checkpoint: Uint8Array | undefined;
  for await (const report of runStages(model, [stage], { loss: options.loss, resume: saved })) {
    losses.push([report.step, report.loss]);
    yield { phase: stage.name, done: report.step, total: stage.steps, note: `loss ${report.loss.toFixed(4)}` };
    const isLast = report.step === stage.steps;
    if (isLast) {
      const measured = report.ema ? await withWeights(model, report.ema.weights, options.measure) : await options.measure();
      summary = { stage: stage.name as StageName, steps: stage.steps, seconds: seconds(), losses: thinned(losses), ...measured };
      // Before the last checkpoint: where that one stands, nothing is left to do.
      await writeFileAtomically(summaryPath, json(summary));
    }
    if (!isLast && report.step % saveEvery !== 0) continue;
    checkpoint = await report.checkpoint({ ...options.notes, losses: JSON.stringify(losses), seconds: String(seconds()) });
    await writeFileAtomically(path, checkpoint);
  }
  if (!checkpoint || !summary) throw new RangeError(`Expected at least one step in stage ${stage.name}, got ${stage.steps}`);
  return { summary, checkpoint };
}

/** At most fifty points, each the mean of its stretch. */
function thinned(losses: readonly (readonly [number, number])[]): [number, number][] {
  const length = Math.ceil(losses.length / 50);
  return Array.from({ length: Math.ceil(losses.length / length) }, (_, part) => {
    const stretch = losses.slice(part * length, (part + 1) * length);
    return [stretch.at(-1)![0], stretch.reduce((sum, [, loss]) => sum + loss, 0) / stretch.length];
  });
}
