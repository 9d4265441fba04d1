// The graphs beside DreamNet, each from the detector's weights: one stage each, two where a new head learns before the trunk does.
import {
  type CaracNet,
  type CaracNetSymmetry,
  caracNet,
  caracNetSymmetry,
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
import { adam, freeze, type Loss, pairBreasts, partition, type Stage, sigmoidCrossEntropy, warmupCosine } from "@mammo/train";
import type { StageSummary } from "@mammo/train/node";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { type HeatmapBatch, heatmapBatches } from "../dream/heatmapBatches.ts";
import { type TrackedRun, trackStages } from "../stages/trackStages.ts";
import type { BatchOf, OptionsOf } from "../threads/plainBatches.ts";
import { recipeBatches } from "../threads/recipeBatches.ts";
import { type GraphKind, type GraphOf, graphLosses, ofPresent } from "./graphLosses.ts";
import { type GraphStage, type GraphsConfig, graphStages } from "./graphsConfig.ts";
import { type PairBatch, pairFeatureBatches } from "./pairBatches.ts";
import { falseMarks, windowsOf } from "./windowBatches.ts";

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
  /** Threads that make the batches while the backend computes; changes no result. Default 0: they are made between the steps. */
  readonly batchThreads?: number;
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

const heatmapLoss: Loss<DreamNet, HeatmapBatch> = (model, { heatmaps, labels }, mode) => sigmoidCrossEntropy(labels, model.classify(heatmaps, mode));
const featureLoss: Loss<DreamNetSymmetry, PairBatch> = (model, batch, mode) => ofPresent(batch, model.classify(batch, mode));

/**
 * Trains the graphs that are asked for, or goes on where an earlier run of the same folder was ended, to the same weights. The caller disposes of them. Yields after each step.
 *
 * All begin with the weights of a DetectorNet that is trained on patches first (documented for DreamNet; for the others ours). A symmetry graph and its twin differ in more than the other
 * breast: CaracNet sees a fine crop and geometry beside the context and learns kinds too, DreamNetSymmetry sees two views for each of DreamNet's and half as many cancers among them.
 */
export async function* trainGraphs(run: GraphLessons): AsyncGenerator<Progress, TrainedGraphs> {
  const { train, seed, width, stages: configs, graphs, batchThreads: threads = 0 } = run;
  const stages: StageSummary[] = [];
  const none = async () => ({});
  const options = (name: GraphStage) => ({ seed: seed + graphStages.indexOf(name), size: configs[name].batch });
  const runStage = async function* <M extends Model, B extends Readonly<Record<string, Tensor>>>(
    model: M,
    name: GraphStage,
    stage: Pick<Stage<M, B>, "loss" | "batch" | "batchIds" | "negatives">,
    { head, ahead = 0 }: { readonly head?: RegExp; readonly ahead?: number } = {},
  ): AsyncGenerator<Progress, void> {
    const { steps, learningRate: peak } = configs[name];
    const all = adam({ learningRate: warmupCosine({ peak, warmup: 0.05 * steps, total: steps }), weightDecay: head ? 1e-2 : 1e-3, clipNorm: 5 });
    const transform = head ? partition({ head: all, trunk: freeze() }, (param) => (head.test(param) ? "head" : "trunk")) : all;
    yield* trackStages<object>({ ...run, ahead }, stages)(model, { name, steps, transform, ...stage }, none);
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

  const detector = detectorNet({ width, seed });
  const found: { -readonly [Name in keyof Omit<TrainedGraphs, "stages">]: TrainedGraphs[Name] } = {};
  let isDone = false;
  try {
    yield* runBatches(detector, "detectorNet", { kind: "patches", options: options("detectorNet") });
    const begun = <M extends Model>(model: M): M => {
      loadWeights(model, { ...detector.params, ...detector.buffers }, { partial: true });
      return model;
    };
    if (graphs.includes("retinaNet")) {
      const model = (found.retinaNet = begun(retinaNet({ width, seed })));
      const negatives = falseMarks(train, { every: Math.ceil(configs.retinaNet.steps / 4) });
      yield* runBatches(model, "retinaNet", { kind: "windows", options: { ...options("retinaNet"), ...windowsOf(model) }, negatives });
    }
    if (graphs.includes("caracNet")) {
      const plain = (found.caracNet = begun(caracNet({ width, seed })));
      const { classes } = plain.options;
      yield* runBatches(plain, "caracNet", { kind: "lesions", options: { ...options("caracNet"), classes } });
      const pair = (found.caracNetSymmetry = begun(caracNetSymmetry({ width, seed })));
      yield* runBatches(pair, "caracNetSymmetry", { kind: "opposite", options: options("caracNetSymmetry") });
    }
    if (graphs.includes("dreamNet")) {
      const { rows, columns } = train[0]!;
      const { model: plain } = fromDetector(detector, { rows, columns, headWidth: 1 });
      found.dreamNet = plain;
      const head = { head: /^(head|asymmetry)\// };
      const ofViews = recipeBatches(train, { kind: "views", options: options("dreamNet-head") }); // the same are drawn
      const heatmaps = heatmapBatches(plain, train, options("dreamNet-head"));
      yield* runStage(plain, "dreamNet-head", { loss: heatmapLoss, batch: heatmaps, batchIds: ofViews.batchIds }, head);
      yield* runBatches(plain, "dreamNet", { kind: "views", options: options("dreamNet") });
      const pair = (found.dreamNetSymmetry = begun(
        dreamNetSymmetry({ width, seed, rows, columns, headWidth: 1, classes: detector.options.classes }),
      ));
      const ofPairs = recipeBatches(train, { kind: "pairs", options: options("dreamNetSymmetry-head") });
      const features = pairFeatureBatches(pair, pairBreasts(train), options("dreamNetSymmetry-head"));
      yield* runStage(pair, "dreamNetSymmetry-head", { loss: featureLoss, batch: features, batchIds: ofPairs.batchIds }, head);
      yield* runBatches(pair, "dreamNetSymmetry", { kind: "pairs", options: options("dreamNetSymmetry") });
    }
    isDone = true;
    return { ...found, stages };
  } finally {
    detector.dispose();
    // Whoever stops early leaves no model behind.
    if (!isDone) for (const model of Object.values(found)) model.dispose();
  }
}
