// The staged recipe: patches, then images of the annotated set, then images of the target set, then the polish from the averages.
import { type DetectorNet, type DreamNet, detectorNet, fromDetector } from "@mammo/models";
import {
  adam,
  decodeCheckpoint,
  encodeCheckpoint,
  freeze,
  type Loss,
  partition,
  restoreWeights,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from "@mammo/train";
import type { StageSummary as StageRun } from "@mammo/train/node";
import { argMax, dispose, tidy } from "@tensorflow/tfjs-core";
import type { ValidationMetrics } from "../../predict/validate.ts";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { trackStages } from "../stages/trackStages.ts";
import { recipeBatches } from "../threads/recipeBatches.ts";
import { type HeatmapBatch, heatmapBatches } from "./heatmapBatches.ts";
import { type PatchBatch, patchBatches } from "./patchBatches.ts";
import { type StageName, stageNames, type TrainingConfig } from "./trainingConfig.ts";
import { validateModel } from "./validateModel.ts";
import type { BatchOptions, ViewBatch } from "./viewBatches.ts";

/** What is measured at the end of a stage, on validation data. */
export interface StageValidation {
  /** Share of patches that are classified right (S1). */
  readonly patchAccuracy?: number;
  /** Breast level (S2-head and later; S3 on the averages). */
  readonly validation?: ValidationMetrics;
}

/** What a finished stage tells; kept in checkpoints/NAME.json. */
export type StageSummary = StageRun & StageValidation;

/** What the stages train on, how long, and where they keep their checkpoints. */
export interface DreamTraining {
  /** The run's folder: the stages' files go to checkpoints/ in it. */
  readonly folder: string;
  /** Texts for every checkpoint, such as the hash of the data. */
  readonly notes?: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Factor on every channel count; 1 is the documented network. */
  readonly width: number;
  readonly stages: TrainingConfig["stages"];
  /** Views with lesion boxes; views with breast labels; validation views. */
  readonly annotated: readonly StoredView[];
  readonly target: readonly StoredView[];
  readonly validation: readonly StoredView[];
  /** The last stage to run. Default S4. */
  readonly last?: StageName;
  /** Measure what happens inside the net, for `writeDiagnosis`. Default false. */
  readonly diagnose?: boolean;
  /** Hand on the stage that did best on the validation views, which it is chosen by then; else the last one. Default true. */
  readonly choose?: boolean;
}

/** What the stages have come to. */
export interface TrainedDream {
  /** As the stage that is handed on left it; absent after S1, whose model classifies patches. */
  readonly model?: DreamNet;
  /** The last checkpoint of S1: the detector that all families begin with. */
  readonly S1: Uint8Array;
  readonly stages: readonly StageSummary[];
  /** The stage that is handed on, with the model. */
  readonly chosen?: StageName;
  /** In words, each stage that ended below one before it. */
  readonly defects: readonly string[];
}

const patchLoss: Loss<DetectorNet, PatchBatch> = (model, { pixels, classes }, mode) => softmaxCrossEntropy(classes, model.apply(pixels, mode));
const headLoss: Loss<DreamNet, HeatmapBatch> = (model, { heatmaps, labels }, mode) => sigmoidCrossEntropy(labels, model.classify(heatmaps, mode));
// Four views are too few for batch statistics: the running ones of S1 and S2-head hold from here on (ours).
const viewLoss: Loss<DreamNet, ViewBatch> = (model, { pixels, labels }) => sigmoidCrossEntropy(labels, model.apply(pixels));

/**
 * Trains the stages up to the last one, or goes on where an earlier run of the same folder was ended, to the same bytes. The stage that tells the breasts of validation women apart best is handed on (`bestStage`);
 * the choice is ours. Yields after each step.
 */
export async function* trainDream(run: DreamTraining): AsyncGenerator<Progress, TrainedDream> {
  const { stages: configs, seed, annotated, target, validation, last = "S4" } = run;
  const stages: StageSummary[] = [];
  const runStage = trackStages<StageValidation>(run, stages);

  const detector = detectorNet({ width: run.width, seed });
  const S1 = yield* runStage(
    detector,
    {
      name: "S1",
      steps: configs.S1.steps,
      loss: patchLoss,
      transform: adam({ learningRate: configs.S1.learningRate }),
      ...batchesOf(annotated, "patches", { seed, size: configs.S1.batch }),
    },
    async () => (validation.some(({ lesions }) => lesions.length > 0) ? { patchAccuracy: await patchAccuracy(detector, run) } : {}),
  );
  if (last === "S1") {
    detector.dispose();
    return { stages, S1, defects: [] };
  }

  const { rows, columns } = target[0]!;
  // The head keeps its documented 16 and 8 channels at every width: it costs next to nothing, and a head of one channel dies.
  const { model } = fromDetector(detector, { rows, columns, headWidth: 1 });
  detector.dispose();
  const validate = async () => ({ validation: await validateModel(model, validation) });
  const ends = new Map<StageName, Uint8Array>();
  const handOn = (): TrainedDream => {
    const { chosen: best, defects } = bestStage(stages);
    const chosen = run.choose === false ? [...ends.keys()].at(-1)! : best;
    const { weights, ema } = decodeCheckpoint(ends.get(chosen)!);
    restoreWeights(model, ema ?? weights); // what was validated is what is handed on
    return { model, stages, S1, chosen, defects };
  };

  const { learningRate, batch: size } = configs["S2-head"];
  const head = (name: string) => (name.startsWith("head/") ? "head" : "trunk");
  const S2head = yield* runStage(
    model,
    {
      name: "S2-head",
      steps: configs["S2-head"].steps,
      loss: headLoss,
      transform: partition({ trunk: freeze(), head: adam({ learningRate, weightDecay: 1e-2 }) }, head),
      ...batchesOf(annotated, "views", { seed, size }),
      batch: heatmapBatches(model, annotated, { seed, size }), // of the same views
    },
    validate,
  );
  ends.set("S2-head", S2head);
  if (last === "S2-head") return handOn();

  const onViews = (name: "S2" | "S3" | "S4", views: readonly StoredView[]) => ({
    name,
    steps: configs[name].steps,
    loss: viewLoss,
    ...batchesOf(views, "views", { seed: seed + stageNames.indexOf(name), size: configs[name].batch }),
  });
  const S2 = yield* runStage(
    model,
    { ...onViews("S2", annotated), transform: adam({ learningRate: configs.S2.learningRate }), start: { optimizer: true } },
    validate,
    // The trunk's Adam moments are the detector's, the head's those of its own stage.
    withMomentsOf(S2head, S1),
  );
  ends.set("S2", S2);
  if (last === "S2") return handOn();

  const S3 = yield* runStage(
    model,
    { ...onViews("S3", target), transform: adam({ learningRate: configs.S3.learningRate }), start: { optimizer: true }, ema: { decay: 0.9 } },
    validate,
    S2,
  );
  ends.set("S3", S3);
  if (last === "S3") return handOn();

  const S4 = yield* runStage(
    model,
    { ...onViews("S4", target), transform: sgd({ learningRate: configs.S4.learningRate }), start: { weights: "ema" } },
    validate,
    S3,
  );
  ends.set("S4", S4);
  return handOn();
}

/** The stage of the highest breast-level AUROC on validation women (the later of equals, and where there is none), and in words each that ended below one before it. */
export function bestStage(stages: readonly Pick<StageSummary, "stage" | "validation">[]): {
  readonly chosen: StageName;
  readonly defects: readonly string[];
} {
  const validated = stages.flatMap(({ stage, validation }) => (validation ? [{ stage: stage as StageName, auroc: validation.auroc }] : []));
  let [best] = validated as [(typeof validated)[number]];
  const defects: string[] = [];
  for (const one of validated.slice(1)) {
    if (one.auroc < best.auroc)
      defects.push(
        `${one.stage} ended at an AUROC of ${one.auroc.toFixed(3)} on validation women, below the ${best.auroc.toFixed(3)} of ${best.stage}`,
      );
    else best = one;
  }
  return { chosen: best.stage, defects };
}

/** Batches that this thread makes, and what they are made of. */
function batchesOf<Kind extends "patches" | "views">(views: readonly StoredView[], kind: Kind, options: BatchOptions) {
  const { batch, batchIds } = recipeBatches(views, { kind, options });
  return { batch, batchIds };
}

/** A checkpoint with another one's optimizer state beside its own. */
function withMomentsOf(bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const own = decodeCheckpoint(bytes);
  return encodeCheckpoint({ ...own, optimizer: { ...decodeCheckpoint(other).optimizer, ...own.optimizer } });
}

/** Share of validation patches whose highest logit is the right class; lesions and background half and half. */
async function patchAccuracy(detector: DetectorNet, { validation, seed, stages }: DreamTraining): Promise<number> {
  const batch = patchBatches(validation, { seed: seed + 1, size: stages.S1.batch });
  let [right, all] = [0, 0];
  for (let step = 0; step < 8; step++) {
    const { pixels, classes } = await batch(step);
    const highest = tidy(() => argMax(detector.apply(pixels), 3));
    const [found, wanted] = [await highest.data(), await classes.data()];
    dispose([pixels, classes, highest]);
    right += Array.from(wanted).filter((one, item) => found[item] === one).length;
    all += wanted.length;
  }
  return right / all;
}
