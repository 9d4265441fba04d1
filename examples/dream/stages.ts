// The staged recipe (system.md 2): patches, then images of the annotated set, then images of the target set, then the polish from the averages.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DetectorNet, type DreamNet, detectorNet, fromDetector } from "@mammo/models";
import {
  adam,
  decodeCheckpoint,
  encodeCheckpoint,
  freeze,
  type Loss,
  partition,
  restoreWeights,
  runStages,
  type Stage,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Trainable,
  withWeights,
} from "@mammo/train";
import { loadBytes, saveBytes } from "@mammo/train/node";
import { argMax, type Tensor, type Tensor1D, type Tensor4D, tensor1d, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { json, readJson, writeWhole } from "../shared/files.ts";
import { progress } from "../shared/progress.ts";
import { type HeatmapBatch, heatmapBatches } from "./heatmaps.ts";
import { type Judgement, judge } from "./judge.ts";
import { patchBatch, patchSize } from "./patches.ts";
import { type Plan, type StageName, stageNames } from "./plan.ts";
import type { StandardView } from "./standards.ts";
import { viewBatches } from "./views.ts";

type StagePlans = Plan["stages"];

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
  readonly plan: StagePlans;
  /** Train views with lesion boxes; train views with breast labels; validation views. */
  readonly annotated: readonly StandardView[];
  readonly target: readonly StandardView[];
  readonly validation: readonly StandardView[];
  /** Written into every checkpoint. */
  readonly notes: Readonly<Record<string, string>>;
}

type Patches = { readonly pixels: Tensor4D; readonly classes: Tensor1D };
type Views = { readonly pixels: Tensor4D; readonly labels: Tensor1D };

const patchLoss: Loss<DetectorNet, Patches> = (model, { pixels, classes }, mode) => softmaxCrossEntropy(classes, model.apply(pixels, mode));
const headLoss: Loss<DreamNet, HeatmapBatch> = (model, { heatmaps, labels }, mode) => sigmoidCrossEntropy(labels, model.classify(heatmaps, mode));
// Four views are too few for batch statistics: the running ones of S1 and S2-head hold from here on (ours).
const viewLoss: Loss<DreamNet, Views> = (model, { pixels, labels }) => sigmoidCrossEntropy(labels, model.apply(pixels));

/** Trains, or goes on training, the stages up to `last`; yields each one's summary. Returns the model as the last stage left it, or undefined after S1. */
export async function* trainStages(run: StageRun, last: StageName): AsyncGenerator<StageSummary, DreamNet | undefined> {
  const { plan, seed, annotated, target } = run;
  const detector = detectorNet({ width: run.width, seed });
  const patches: Stage<Patches> = {
    ...stageOf("S1", plan),
    transform: adam({ learningRate: plan.S1.learningRate }),
    batch: async (step) => {
      const { pixels, classes } = await patchBatch(annotated, { seed, step, size: plan.S1.batch });
      return { pixels: tensor4d(pixels, [plan.S1.batch, patchSize, patchSize, 1]), classes: tensor1d(classes, "int32") };
    },
  };
  const S1 = await runStage(detector, patches, {
    run,
    loss: patchLoss,
    finish: async () => (run.validation.some(({ lesions }) => lesions.length > 0) ? { patchAccuracy: await patchAccuracy(detector, run) } : {}),
  });
  yield S1.summary;
  if (last === "S1") return undefined;

  const { rows, columns } = target[0]!;
  // The head keeps its documented 16 and 8 channels at every width: it costs next to nothing, and a head of one channel dies.
  const { model } = fromDetector(detector, { rows, columns, headWidth: 1 });
  detector.dispose();
  const images = (name: "S2" | "S3" | "S4", views: readonly StandardView[]) => {
    const batches = viewBatches(views, { seed: seed + stageNames.indexOf(name), size: plan[name].batch });
    const batch = async (step: number): Promise<Views> => {
      const { pixels, labels } = await batches(step);
      return { pixels: tensor4d(pixels, [labels.length, rows, columns, 1]), labels: tensor1d(labels) };
    };
    return { ...stageOf(name, plan), batch };
  };
  const finish = async () => ({ validation: await judge(model, run.validation) });

  const { learningRate, batch: size } = plan["S2-head"];
  const head: Stage<HeatmapBatch> = {
    ...stageOf("S2-head", plan),
    transform: partition({ trunk: freeze(), head: adam({ learningRate, weightDecay: 1e-2 }) }, (name) =>
      name.startsWith("head/") ? "head" : "trunk",
    ),
    batch: heatmapBatches(model, annotated, { seed, size }),
  };
  const S2head = await runStage(model, head, { run, loss: headLoss, finish });
  yield S2head.summary;
  if (last === "S2-head") return model;

  const S2 = await runStage(
    model,
    // The trunk's Adam moments are the detector's, the head's those of its own stage.
    {
      ...images("S2", annotated),
      start: { from: withSlotsOf(S2head.checkpoint, S1.checkpoint), optimizer: true },
      transform: adam({ learningRate: plan.S2.learningRate }),
    },
    { run, loss: viewLoss, finish },
  );
  yield S2.summary;
  if (last === "S2") return model;

  const S3 = await runStage(
    model,
    {
      ...images("S3", target),
      start: { from: S2.checkpoint, optimizer: true },
      transform: adam({ learningRate: plan.S3.learningRate }),
      ema: { decay: 0.9 },
    },
    { run, loss: viewLoss, finish },
  );
  yield S3.summary;
  if (last === "S3") {
    restoreWeights(model, decodeCheckpoint(S3.checkpoint).ema!); // what was judged is what is handed on
    return model;
  }

  const S4 = await runStage(
    model,
    { ...images("S4", target), start: { from: S3.checkpoint, weights: "ema" }, transform: sgd({ learningRate: plan.S4.learningRate }) },
    { run, loss: viewLoss, finish },
  );
  yield S4.summary;
  return model;
}

const stageOf = (name: StageName, plan: StagePlans) => ({ name, steps: plan[name].steps });

/** Steps between two checkpoints: what a killed run loses at most. */
const saveEvery = 20;

interface StageOptions<Model extends Trainable, Batch> {
  readonly run: StageRun;
  readonly loss: Loss<Model, Batch>;
  /** Judges the model when the stage is through; on the averages where the stage keeps some. */
  readonly finish: () => Promise<Partial<StageSummary>>;
}

/** One stage, from where its checkpoint left it: from its start where there is none, not at all where it is through. */
async function runStage<Model extends Trainable, Batch extends Readonly<Record<string, Tensor>>>(
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

/** A checkpoint with another one's optimizer slots beside its own. */
function withSlotsOf(bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const own = decodeCheckpoint(bytes);
  return encodeCheckpoint({ ...own, slots: { ...decodeCheckpoint(other).slots, ...own.slots } });
}

/** At most fifty points, each the mean of its stretch. */
function thinned(losses: readonly (readonly [number, number])[]): [number, number][] {
  const length = Math.ceil(losses.length / 50);
  return Array.from({ length: Math.ceil(losses.length / length) }, (_, part) => {
    const stretch = losses.slice(part * length, (part + 1) * length);
    return [stretch.at(-1)![0], stretch.reduce((sum, [, loss]) => sum + loss, 0) / stretch.length];
  });
}

/** Share of validation patches whose highest logit is the right class; lesions and background half and half. */
async function patchAccuracy(detector: DetectorNet, { validation, seed, plan }: StageRun): Promise<number> {
  let right = 0;
  let all = 0;
  for (let step = 0; step < 8; step++) {
    const { pixels, classes } = await patchBatch(validation, { seed: seed + 1, step, size: plan.S1.batch });
    const highest = tidy(() => argMax(detector.apply(tensor4d(pixels, [classes.length, patchSize, patchSize, 1])), 3));
    const found = await highest.data();
    highest.dispose();
    right += classes.filter((one, item) => found[item] === one).length;
    all += classes.length;
  }
  return right / all;
}
