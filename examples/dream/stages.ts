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
  type Stage,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from "@mammo/train";
import { argMax, type Tensor1D, type Tensor4D, tensor1d, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { type HeatmapBatch, heatmapBatches } from "./heatmaps.ts";
import { judge } from "./judge.ts";
import { patchBatch, patchSize } from "./patches.ts";
import { type Plan, type StageName, stageNames } from "./plan.ts";
import { runStage, type StageRun, type StageSummary } from "./runStage.ts";
import type { StandardView } from "./standards.ts";
import { viewBatches } from "./views.ts";

type StagePlans = Plan["stages"];

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

/** A checkpoint with another one's optimizer slots beside its own. */
function withSlotsOf(bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const own = decodeCheckpoint(bytes);
  return encodeCheckpoint({ ...own, slots: { ...decodeCheckpoint(other).slots, ...own.slots } });
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
