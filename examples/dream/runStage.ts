// One stage of a run's folder: begun, gone on with, or done before.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { decodeCheckpoint, type Loss, restoreWeights, runStages, type Stage, type Trainable, withWeights } from "@mammo/train";
import { loadBytes, saveBytes } from "@mammo/train/node";
import type { Tensor } from "@tensorflow/tfjs-core";
import { json, readJson, writeWhole } from "../shared/files.ts";
import { progress } from "../shared/progress.ts";
import type { Judgement } from "./judge.ts";
import type { Plan, StageName } from "./plan.ts";
import type { StandardView } from "./standards.ts";

/** What a finished stage tells; kept in OUT/checkpoints/NAME.json. */
export interface StageSummary {
  readonly stage: StageName;
  readonly steps: number;
  readonly seconds: number;
  /** Training loss along the stage, at most fifty means. */
  readonly losses: readonly (readonly [step: number, loss: number])[];
  /** Share of patches that are classified right, in validation (S1). */
  readonly patchAccuracy?: number;
  /** Breast level, in validation (S2 and later; S3 on the averages). */
  readonly validation?: Judgement;
}

export interface StageRun {
  readonly out: string;
  readonly seed: number;
  readonly width: number;
  readonly plan: Plan["stages"];
  /** Train views with lesion boxes; train views with breast labels; validation views. */
  readonly annotated: readonly StandardView[];
  readonly target: readonly StandardView[];
  readonly validation: readonly StandardView[];
  /** Written into every checkpoint. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Steps between two checkpoints: what a killed run loses at most. */
const saveEvery = 20;

interface StageOptions<Model extends Trainable, Batch> {
  readonly run: StageRun;
  readonly loss: Loss<Model, Batch>;
  /** Judges the model when the stage is through; on the averages where the stage keeps some. */
  readonly finish: () => Promise<Partial<StageSummary>>;
}

/** One stage, from where its checkpoint left it: from its start where there is none, not at all where it is through. */
export async function runStage<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
  model: Model,
  stage: Stage<Batch>,
  { run, loss, finish }: StageOptions<Model, Batch>,
): Promise<{ readonly summary: StageSummary; readonly checkpoint: Uint8Array }> {
  const path = join(run.out, "checkpoints", `${stage.name}.safetensors`);
  const summaryPath = join(run.out, "checkpoints", `${stage.name}.json`);
  const saved = await loadBytes(path);
  const state = saved && decodeCheckpoint(saved);
  const kept = await readJson<StageSummary>(summaryPath);
  if (saved && kept && state?.step === stage.steps) {
    restoreWeights(model, state.weights);
    return { summary: kept, checkpoint: saved };
  }
  await mkdir(join(run.out, "checkpoints"), { recursive: true });
  const notes = state?.notes ?? {};
  const losses: [step: number, loss: number][] = JSON.parse(notes["losses"] ?? "[]");
  const before = Number(notes["seconds"] ?? 0);
  const begun = performance.now();
  const seconds = () => before + (performance.now() - begun) / 1000;
  const shown = progress(stage.name, stage.steps);
  let summary: StageSummary | undefined;
  let checkpoint: Uint8Array | undefined;
  for await (const report of runStages(model, [stage], { loss, resume: saved })) {
    losses.push([report.step, report.loss]);
    shown.update(report.step, `loss ${report.loss.toFixed(4)}`);
    const isLast = report.step === stage.steps;
    if (isLast) {
      const judged = report.ema ? await withWeights(model, report.ema.weights, finish) : await finish();
      summary = { stage: stage.name as StageName, steps: stage.steps, seconds: seconds(), losses: thinned(losses), ...judged };
      // Before the last checkpoint: where that one stands, nothing is left to do.
      await writeWhole(summaryPath, json(summary));
    }
    if (!isLast && report.step % saveEvery !== 0) continue;
    checkpoint = await report.checkpoint({ ...run.notes, losses: JSON.stringify(losses), seconds: String(seconds()) });
    await saveBytes(path, checkpoint);
  }
  if (!checkpoint || !summary) throw new RangeError(`Expected at least one step in stage ${stage.name}, got ${stage.steps}`);
  shown.end(`${stage.steps} steps, loss ${losses.at(-1)![1].toFixed(4)}`);
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
