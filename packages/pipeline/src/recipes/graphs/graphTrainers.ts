// The graphs beside DetectorNet, each from its weights: one stage each, two where a new head learns before the trunk does.
import {
  type CaracNet,
  type CaracNetSymmetry,
  caracNet,
  caracNetSymmetry,
  type DetectorNet,
  type DreamNet,
  type DreamNetSymmetry,
  dreamNetSymmetry,
  fromDetector,
  loadWeights,
  type Model,
  type RetinaNet,
  type RetinaNetOptions,
  retinaNet,
} from "@mammo/models";
import { adam, freeze, type Loss, pairBreasts, partition, type Stage, sigmoidCrossEntropy, warmupCosine } from "@mammo/train";
import type { StageSummary } from "@mammo/train/node";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { type HeatmapBatch, heatmapBatches } from "../dream/heatmapBatches.ts";
import type { StageConfig } from "../dream/trainingConfig.ts";
import { type TrackedRun, trackStages } from "../stages/trackStages.ts";
import type { BatchOf, OptionsOf } from "../threads/plainBatches.ts";
import { recipeBatches } from "../threads/recipeBatches.ts";
import { type GraphKind, type GraphOf, graphLosses, ofPresent } from "./graphLosses.ts";
import { type GraphStage, graphStages } from "./graphsConfig.ts";
import { type PairBatch, pairFeatureBatches } from "./pairBatches.ts";
import { falseMarks, windowsOf } from "./windowBatches.ts";

/** What graphs learn from, and where they keep their checkpoints. */
export interface GraphTraining extends TrackedRun {
  readonly train: readonly StoredView[];
  readonly seed: number;
  /** Factor on every channel count. */
  readonly width: number;
  /** Of the graphs that are trained. */
  readonly stages: Readonly<Partial<Record<GraphStage, StageConfig>>>;
  /** Threads that make the batches while the backend computes; changes no result. Default 0: they are made between the steps. */
  readonly batchThreads?: number;
  /** What RetinaNet's classes are; default the kinds. */
  readonly retinaClasses?: RetinaNetOptions["classes"];
  /** In how many views at most RetinaNet's false marks are mined, three times. Default 120. */
  readonly mineIn?: number;
}

/** The graphs that `graphTrainers` trains, by name. */
export interface TrainableGraphs {
  readonly retinaNet: RetinaNet;
  readonly caracNet: CaracNet;
  readonly caracNetSymmetry: CaracNetSymmetry;
  readonly dreamNet: DreamNet;
  readonly dreamNetSymmetry: DreamNetSymmetry;
}

/** Each trains one graph from a detector's weights, or goes on where an earlier run of the same folder was ended, to the same weights; the caller disposes of it. Yields after each step. */
export type GraphTrainers = { readonly [Name in keyof TrainableGraphs]: (detector: DetectorNet) => AsyncGenerator<Progress, TrainableGraphs[Name]> };

const heatmapLoss: Loss<DreamNet, HeatmapBatch> = (model, { heatmaps, labels }, mode) => sigmoidCrossEntropy(labels, model.classify(heatmaps, mode));
const featureLoss: Loss<DreamNetSymmetry, PairBatch> = (model, batch, mode) => ofPresent(batch, model.classify(batch, mode));

/**
 * The trainers of one run; what their stages tell is added to `summaries`, and `trainDetector` trains the detector in the same way.
 *
 * All begin with the weights of a DetectorNet that is trained on patches first (documented for DreamNet; for the others ours). A symmetry graph and its twin differ in more than the other
 * breast: CaracNet sees a fine crop and geometry beside the context and learns kinds too, DreamNetSymmetry sees two views for each of DreamNet's and half as many cancers among them.
 */
export function graphTrainers(
  run: GraphTraining,
  summaries: StageSummary[],
): GraphTrainers & { readonly trainDetector: (detector: DetectorNet) => AsyncGenerator<Progress, void> } {
  const { train, seed, width, stages: configs, batchThreads: threads = 0 } = run;
  const none = async () => ({});
  const config = (name: GraphStage): StageConfig => {
    const found = configs[name];
    if (!found) throw new RangeError(`Expected the steps of stage ${name}, got those of ${Object.keys(configs).join(", ")}`);
    return found;
  };
  const options = (name: GraphStage) => ({ seed: seed + graphStages.indexOf(name), size: config(name).batch });
  const runStage = async function* <M extends Model, B extends Readonly<Record<string, Tensor>>>(
    model: M,
    name: GraphStage,
    stage: Pick<Stage<M, B>, "loss" | "batch" | "batchIds" | "negatives">,
    { head, ahead = 0 }: { readonly head?: RegExp; readonly ahead?: number } = {},
  ): AsyncGenerator<Progress, void> {
    const { steps, learningRate: peak } = config(name);
    const all = adam({ learningRate: warmupCosine({ peak, warmup: 0.05 * steps, total: steps }), weightDecay: head ? 1e-2 : 1e-3, clipNorm: 5 });
    const transform = head ? partition({ head: all, trunk: freeze() }, (param) => (head.test(param) ? "head" : "trunk")) : all;
    yield* trackStages<object>({ ...run, ahead }, summaries)(model, { name, steps, transform, ...stage }, none);
  };
  const runBatches = async function* <Kind extends GraphKind>(
    model: GraphOf[Kind],
    name: GraphStage,
    { kind, options, negatives }: { readonly kind: Kind; readonly options: OptionsOf[Kind] } & Pick<Stage<GraphOf[Kind], never>, "negatives">,
  ): AsyncGenerator<Progress, void> {
    const { batch, batchIds, close } = recipeBatches(train, { kind, options, threads });
    try {
      yield* runStage<GraphOf[Kind], BatchOf[Kind]>(
        model,
        name,
        { loss: graphLosses[kind], batch, batchIds, ...(negatives ? { negatives } : {}) },
        { ahead: threads && threads + 1 },
      );
    } finally {
      await close();
    }
  };
  const head = { head: /^(head|asymmetry)\// };

  return {
    trainDetector: (detector) => runBatches(detector, "detectorNet", { kind: "patches", options: options("detectorNet") }),
    retinaNet: (detector) =>
      trained(begun(detector, retinaNet({ width, seed, ...(run.retinaClasses ? { classes: run.retinaClasses } : {}) })), (model) => {
        const negatives = falseMarks(train, { every: Math.ceil(config("retinaNet").steps / 4), ...(run.mineIn ? { most: run.mineIn } : {}) });
        return runBatches(model, "retinaNet", { kind: "windows", options: { ...options("retinaNet"), ...windowsOf(model) }, negatives });
      }),
    caracNet: (detector) =>
      trained(begun(detector, caracNet({ width, seed })), (model) =>
        runBatches(model, "caracNet", { kind: "lesions", options: { ...options("caracNet"), classes: model.options.classes } }),
      ),
    caracNetSymmetry: (detector) =>
      trained(begun(detector, caracNetSymmetry({ width, seed })), (model) =>
        runBatches(model, "caracNetSymmetry", { kind: "opposite", options: options("caracNetSymmetry") }),
      ),
    dreamNet(detector) {
      const { rows, columns } = train[0]!;
      return trained(fromDetector(detector, { rows, columns, headWidth: 1 }).model, async function* (model) {
        const ofViews = recipeBatches(train, { kind: "views", options: options("dreamNet-head") }); // the same are drawn
        const heatmaps = heatmapBatches(model, train, options("dreamNet-head"));
        yield* runStage(model, "dreamNet-head", { loss: heatmapLoss, batch: heatmaps, batchIds: ofViews.batchIds }, head);
        yield* runBatches(model, "dreamNet", { kind: "views", options: options("dreamNet") });
      });
    },
    dreamNetSymmetry(detector) {
      const { rows, columns } = train[0]!;
      const { classes } = detector.options;
      return trained(begun(detector, dreamNetSymmetry({ width, seed, rows, columns, headWidth: 1, classes })), async function* (model) {
        const ofPairs = recipeBatches(train, { kind: "pairs", options: options("dreamNetSymmetry-head") });
        const features = pairFeatureBatches(model, pairBreasts(train), options("dreamNetSymmetry-head"));
        yield* runStage(model, "dreamNetSymmetry-head", { loss: featureLoss, batch: features, batchIds: ofPairs.batchIds }, head);
        yield* runBatches(model, "dreamNetSymmetry", { kind: "pairs", options: options("dreamNetSymmetry") });
      });
    },
  };
}

/** A model with the detector's weights wherever it has layers of its names. */
function begun<M extends Model>(detector: DetectorNet, model: M): M {
  loadWeights(model, { ...detector.params, ...detector.buffers }, { partial: true });
  return model;
}

/** Gives the model when its training has ended; whoever stops early leaves none behind. */
async function* trained<M extends Model>(model: M, training: (model: M) => AsyncGenerator<Progress, void>): AsyncGenerator<Progress, M> {
  let isDone = false;
  try {
    yield* training(model);
    isDone = true;
    return model;
  } finally {
    if (!isDone) model.dispose();
  }
}
