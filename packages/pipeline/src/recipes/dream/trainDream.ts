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
import { argMax, dispose, tidy } from "@tensorflow/tfjs-core";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { type HeatmapBatch, heatmapBatches } from "./heatmapBatches.ts";
import { type PatchBatch, patchBatches } from "./patchBatches.ts";
import { runStage, type StageFolder, type StageSummary } from "./runStage.ts";
import { type StageName, stageNames, type TrainingConfig } from "./trainingConfig.ts";
import { validateModel } from "./validateModel.ts";
import { type ViewBatch, viewBatches } from "./viewBatches.ts";

/** What the stages train on, how long, and where they keep their checkpoints. */
export interface DreamTraining extends StageFolder {
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
}

/** The model as the last stage left it (absent after S1, whose model classifies patches), and the summary of each stage. */
export interface TrainedDream {
  readonly model?: DreamNet;
  readonly stages: readonly StageSummary[];
}

const patchLoss: Loss<DetectorNet, PatchBatch> = (model, { pixels, classes }, mode) => softmaxCrossEntropy(classes, model.apply(pixels, mode));
const headLoss: Loss<DreamNet, HeatmapBatch> = (model, { heatmaps, labels }, mode) => sigmoidCrossEntropy(labels, model.classify(heatmaps, mode));
// Four views are too few for batch statistics: the running ones of S1 and S2-head hold from here on (ours).
const viewLoss: Loss<DreamNet, ViewBatch> = (model, { pixels, labels }) => sigmoidCrossEntropy(labels, model.apply(pixels));

/** Trains the stages up to the last one, or goes on where an earlier run of the same folder was ended, to the same bytes. Yields after each step. */
export async function* trainDream(run: DreamTraining): AsyncGenerator<Progress, TrainedDream> {
  const { stages: configs, seed, annotated, target, validation, last = "S4" } = run;
  const stages: StageSummary[] = [];
  const stageOf = (name: StageName) => ({ name, steps: configs[name].steps });

  const detector = detectorNet({ width: run.width, seed });
  const patches = {
    ...stageOf("S1"),
    transform: adam({ learningRate: configs.S1.learningRate }),
    batch: patchBatches(annotated, { seed, size: configs.S1.batch }),
  };
  const measureDetector = async () =>
    validation.some(({ lesions }) => lesions.length > 0) ? { patchAccuracy: await patchAccuracy(detector, run) } : {};
  const S1 = yield* runStage(detector, patches, { ...run, loss: patchLoss, measure: measureDetector });
  stages.push(S1.summary);
  if (last === "S1") return { stages };

  const { rows, columns } = target[0]!;
  // The head keeps its documented 16 and 8 channels at every width: it costs next to nothing, and a head of one channel dies.
  const { model } = fromDetector(detector, { rows, columns, headWidth: 1 });
  detector.dispose();
  const measure = async () => ({ validation: await validateModel(model, validation) });

  const { learningRate, batch: size } = configs["S2-head"];
  const head = {
    ...stageOf("S2-head"),
    transform: partition({ trunk: freeze(), head: adam({ learningRate, weightDecay: 1e-2 }) }, (name) =>
      name.startsWith("head/") ? "head" : "trunk",
    ),
    batch: heatmapBatches(model, annotated, { seed, size }),
  };
  const S2head = yield* runStage(model, head, { ...run, loss: headLoss, measure });
  stages.push(S2head.summary);
  if (last === "S2-head") return { model, stages };

  const onViews = (name: "S2" | "S3" | "S4", views: readonly StoredView[]) => ({
    ...stageOf(name),
    batch: viewBatches(views, { seed: seed + stageNames.indexOf(name), size: configs[name].batch }),
  });
  const options = { ...run, loss: viewLoss, measure };

  const S2 = yield* runStage(
    model,
    // The trunk's Adam moments are the detector's, the head's those of its own stage.
    {
      ...onViews("S2", annotated),
      start: { from: withMomentsOf(S2head.checkpoint, S1.checkpoint), optimizer: true },
      transform: adam({ learningRate: configs.S2.learningRate }),
    },
    options,
  );
  stages.push(S2.summary);
  if (last === "S2") return { model, stages };

  const S3 = yield* runStage(
    model,
    {
      ...onViews("S3", target),
      start: { from: S2.checkpoint, optimizer: true },
      transform: adam({ learningRate: configs.S3.learningRate }),
      ema: { decay: 0.9 },
    },
    options,
  );
  stages.push(S3.summary);
  if (last === "S3") {
    restoreWeights(model, decodeCheckpoint(S3.checkpoint).ema!); // what was validated is what is handed on
    return { model, stages };
  }

  const S4 = yield* runStage(
    model,
    { ...onViews("S4", target), start: { from: S3.checkpoint, weights: "ema" }, transform: sgd({ learningRate: configs.S4.learningRate }) },
    options,
  );
  return { model, stages: [...stages, S4.summary] };
}

/** A checkpoint with another one's optimizer state beside its own. */
function withMomentsOf(bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const own = decodeCheckpoint(bytes);
  return encodeCheckpoint({ ...own, slots: { ...decodeCheckpoint(other).slots, ...own.slots } });
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
