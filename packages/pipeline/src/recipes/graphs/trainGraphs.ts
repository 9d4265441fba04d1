// The graphs beside DreamNet, each from the detector's weights: one stage each, two where a new head learns before the trunk does.
import {
  type CaracNet,
  type CaracNetSymmetry,
  caracNet,
  caracNetSymmetry,
  type DetectorNet,
  type DreamNet,
  type DreamNetSymmetry,
  detectorNet,
  dreamNetSymmetry,
  fromDetector,
  loadWeights,
  type Model,
  type RetinaNet,
  retinaNet,
} from "@mammo/models";
import {
  adam,
  detectionLosses,
  freeze,
  type Loss,
  partition,
  type Stage,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  warmupCosine,
} from "@mammo/train";
import type { StageSummary } from "@mammo/train/node";
import { add, mul, slice, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { type HeatmapBatch, heatmapBatches } from "../dream/heatmapBatches.ts";
import { type PatchBatch, patchBatches } from "../dream/patchBatches.ts";
import { type ViewBatch, viewBatches } from "../dream/viewBatches.ts";
import { type TrackedRun, trackStages } from "../stages/trackStages.ts";
import { type GraphStage, type GraphsConfig, graphStages } from "./graphsConfig.ts";
import { type LesionBatch, lesionBatches, type OppositeBatch, oppositeBatches } from "./lesionCrops.ts";
import { type PairBatch, pairBatches, pairFeatureBatches, pairsOf } from "./pairBatches.ts";
import { type WindowBatch, windowBatches } from "./windowBatches.ts";

/** The graphs that can be asked for; a graph's twin comes with it. */
export const graphNames = ["retinaNet", "caracNet", "dreamNet"] as const;

/** One of them. */
export type GraphName = (typeof graphNames)[number];

/** What the graphs learn from, and where they keep their checkpoints. */
export interface GraphLessons extends TrackedRun {
  readonly train: readonly StoredView[];
  readonly seed: number;
  /** Factor on every channel count. */
  readonly width: number;
  readonly stages: GraphsConfig["stages"];
  /** Which graphs to train. */
  readonly graphs: readonly GraphName[];
}

/** The trained graphs that were asked for, in inference, and how their stages went. */
export interface TrainedGraphs {
  readonly retinaNet?: RetinaNet;
  readonly caracNet?: CaracNet;
  readonly caracNetSymmetry?: CaracNetSymmetry;
  readonly dreamNet?: DreamNet;
  readonly dreamNetSymmetry?: DreamNetSymmetry;
  readonly stages: readonly StageSummary[];
}

const patchLoss: Loss<DetectorNet, PatchBatch> = (model, { pixels, classes }, mode) => softmaxCrossEntropy(classes, model.apply(pixels, mode));

// Batch norm's running statistics are the detector's, of sixteen patches a step: eight windows of one device are no better.
const windowLoss: Loss<RetinaNet, WindowBatch> = (model, { pixels, ...truth }) => detectionLosses(model.apply(pixels), truth).total;

const lesionLoss: Loss<CaracNet, LesionBatch> = (model, { labels, kinds, ...lesions }, mode) => {
  const { malignancy, kind } = model.apply(lesions, mode);
  return add(sigmoidCrossEntropy(labels, malignancy), softmaxCrossEntropy(kinds, kind));
};

/** The lesions all stand left; of the places opposite nothing is asked. */
const oppositeLoss: Loss<CaracNetSymmetry, OppositeBatch> = (model, { labels, ...pair }, mode) =>
  sigmoidCrossEntropy(labels, slice(model.apply(pair, mode), [0, 0], [labels.size, 1]));

const heatmapLoss: Loss<DreamNet, HeatmapBatch> = (model, { heatmaps, labels }, mode) => sigmoidCrossEntropy(labels, model.classify(heatmaps, mode));
const viewLoss: Loss<DreamNet, ViewBatch> = (model, { pixels, labels }) => sigmoidCrossEntropy(labels, model.apply(pixels));

/** An absent side's logit is taken as 0: it moves nothing. */
const ofPresent = ({ labels, present }: PairBatch, logits: Tensor2D) => sigmoidCrossEntropy(labels, mul(logits, present));
const featureLoss: Loss<DreamNetSymmetry, PairBatch> = (model, batch, mode) => ofPresent(batch, model.classify(batch, mode));
const pairLoss: Loss<DreamNetSymmetry, PairBatch> = (model, batch) => ofPresent(batch, model.apply(batch));

/**
 * Trains the graphs that are asked for, or goes on where an earlier run of the same folder was ended, to the same bytes. The caller disposes of them. Yields after each step.
 *
 * All begin with the weights of a DetectorNet that is trained on patches first (documented for DreamNet; for the others ours).
 */
export async function* trainGraphs(run: GraphLessons): AsyncGenerator<Progress, TrainedGraphs> {
  const { train, seed, width, stages: configs, graphs } = run;
  const stages: StageSummary[] = [];
  const track = trackStages<object>(run, stages);
  const none = async () => ({});
  const options = (name: GraphStage) => ({ seed: seed + graphStages.indexOf(name), size: configs[name].batch });
  const runStage = async function* <M extends Model, B extends Readonly<Record<string, Tensor>>>(
    model: M,
    name: GraphStage,
    stage: Pick<Stage<M, B>, "loss" | "batch">,
    { head }: { readonly head?: RegExp } = {},
  ): AsyncGenerator<Progress, void> {
    const { steps, learningRate: peak } = configs[name];
    const all = adam({ learningRate: warmupCosine({ peak, warmup: 0.05 * steps, total: steps }), weightDecay: head ? 1e-2 : 1e-3, clipNorm: 5 });
    const transform = head ? partition({ head: all, trunk: freeze() }, (param) => (head.test(param) ? "head" : "trunk")) : all;
    yield* track(model, { name, steps, transform, ...stage }, none);
  };

  const detector = detectorNet({ width, seed });
  yield* runStage(detector, "detectorNet", { loss: patchLoss, batch: patchBatches(train, options("detectorNet")) });
  const begun = <M extends Model>(model: M): M => {
    loadWeights(model, { ...detector.params, ...detector.buffers }, { partial: true });
    return model;
  };
  const found: { -readonly [Name in keyof Omit<TrainedGraphs, "stages">]: TrainedGraphs[Name] } = {};

  if (graphs.includes("retinaNet")) {
    const model = (found.retinaNet = begun(retinaNet({ width, seed })));
    yield* runStage(model, "retinaNet", { loss: windowLoss, batch: windowBatches(model, train, options("retinaNet")) });
  }
  if (graphs.includes("caracNet")) {
    const plain = (found.caracNet = begun(caracNet({ width, seed })));
    const { classes } = plain.options;
    yield* runStage(plain, "caracNet", { loss: lesionLoss, batch: lesionBatches(train, { ...options("caracNet"), classes }) });
    const pair = (found.caracNetSymmetry = begun(caracNetSymmetry({ width, seed })));
    yield* runStage(pair, "caracNetSymmetry", { loss: oppositeLoss, batch: oppositeBatches(train, options("caracNetSymmetry")) });
  }
  if (graphs.includes("dreamNet")) {
    const { rows, columns } = train[0]!;
    const { model: plain } = fromDetector(detector, { rows, columns, headWidth: 1 });
    found.dreamNet = plain;
    const head = { head: /^(head|asymmetry)\// };
    yield* runStage(plain, "dreamNet-head", { loss: heatmapLoss, batch: heatmapBatches(plain, train, options("dreamNet-head")) }, head);
    yield* runStage(plain, "dreamNet", { loss: viewLoss, batch: viewBatches(train, options("dreamNet")) });
    const pair = (found.dreamNetSymmetry = begun(dreamNetSymmetry({ width, seed, rows, columns, headWidth: 1, classes: detector.options.classes })));
    const pairs = pairsOf(train);
    const features = pairFeatureBatches(pair, pairs, options("dreamNetSymmetry-head"));
    yield* runStage(pair, "dreamNetSymmetry-head", { loss: featureLoss, batch: features }, head);
    yield* runStage(pair, "dreamNetSymmetry", { loss: pairLoss, batch: pairBatches(pairs, options("dreamNetSymmetry")) });
  }
  detector.dispose();
  return { ...found, stages };
}
