import { type Box, requireExtent, requireKnownKeys, sortOrder } from "@mammo/mammogram";
import { clusterBoxes } from "./clusterBoxes.ts";
import { type ClusterVotes, clusterVotes } from "./clusterVotes.ts";

/** What a detector says of one place in one view. */
export interface Detection {
  readonly box: Box;
  /** Class number; only detections of one class are fused. */
  readonly label: number;
  /** >= 0, the higher the surer. */
  readonly score: number;
}

/** One cluster as one detection: the fused box, the class of its members and their scores made one. */
export interface MergedDetection extends Detection {
  /** How many of the models took part in it. */
  readonly models: number;
  /** Their share of all models: how far they agree that something is there. */
  readonly agreement: number;
}

/**
 * How the scores of one cluster become one; names of the `ensemble-boxes` package. With unequal weights "avg" may exceed the highest score of a cluster, and so
 * 1, as there: a model of weight 2 beside one of weight 1 that marks a place twice with score 1 gives 1.333. The others never do.
 */
export type ScoreRule = "avg" | "max" | "box_and_model_avg" | "absent_model_aware_avg";

/** How alike boxes must be to fuse, and what each model counts. */
export interface MergeOptions {
  /** Boxes that overlap the fused box by more than this join it; default 0.55. */
  readonly iouThreshold?: number;
  /** Detections below are left out; default 0. */
  readonly minScore?: number;
  /** One for each model, > 0; default equal. */
  readonly weights?: readonly number[];
  /** Default "absent_model_aware_avg": a model that saw nothing there votes against. */
  readonly scoreRule?: ScoreRule;
  /** At most so many are given back, those of the highest scores; default all. */
  readonly most?: number;
}

const mergeOptionNames = { iouThreshold: true, minScore: true, weights: true, scoreRule: true, most: true } satisfies Record<
  keyof MergeOptions,
  true
>;

/** What all models together are: how many, the sum of their weights, and the highest of these. */
interface AllModels {
  readonly models: number;
  readonly weight: number;
  readonly highest: number;
}

/**
 * Several models' detections of ONE view to one list, by weighted box fusion.
 *
 * Boxes in pixels or any other unit, all in the same. Each fused box is the mean of its members, weighted by score times model
 * weight. Sorted by falling score; the input is not touched.
 *
 * Source: re-implementation of Solovyev, Wang and Gabruseva 2021 with the score rules of their `ensemble-boxes`.
 *
 * @throws RangeError for weights of another length or <= 0, scores that are negative or not finite, labels that are no whole numbers, boxes without extent, options out of range.
 * @example mergeDetections([[{ box, label: 1, score: 0.9 }], []])[0].score; // 0.45: one of two models saw it
 */
export function mergeDetections(perModel: readonly (readonly Detection[])[], options: MergeOptions = {}): MergedDetection[] {
  requireKnownKeys("mergeDetections", options, mergeOptionNames);
  const { iouThreshold = 0.55, minScore = 0, weights = perModel.map(() => 1), scoreRule = "absent_model_aware_avg", most = Infinity } = options;
  if (weights.length !== perModel.length) throw new RangeError(`Expected ${perModel.length} weights, got ${weights.length}`);
  for (const weight of weights) if (!(weight > 0 && weight < Infinity)) throw new RangeError(`Expected weights > 0, got ${weight}`);
  if (!(iouThreshold >= 0 && iouThreshold <= 1)) throw new RangeError(`Expected iouThreshold in [0, 1], got ${iouThreshold}`);
  if (Number.isNaN(minScore)) throw new RangeError("Expected minScore to be a number, got NaN");
  if (!Object.hasOwn(scoreRules, scoreRule))
    throw new RangeError(`Expected scoreRule ${Object.keys(scoreRules).join(", ")}, got ${JSON.stringify(scoreRule)}`);
  if (!(most >= 1 && (Number.isInteger(most) || most === Infinity))) throw new RangeError(`Expected most to be a whole number >= 1, got ${most}`);
  const tried = inTriedOrder(perModel, weights, minScore);
  const clusters = clusterBoxes(tried, iouThreshold);
  const voted = clusterVotes(clusters, { ...tried, weights });
  const all = {
    models: weights.length,
    weight: weights.reduce((sum, weight) => sum + weight, 0),
    highest: weights.reduce((a, b) => Math.max(a, b), 0),
  };
  const scores = new Float64Array(clusters.count);
  for (let k = 0; k < clusters.count; k++) scores[k] = scoreRules[scoreRule](voted, k, all);
  const merged: MergedDetection[] = [];
  for (const k of fallingOrder(scores).subarray(0, most)) {
    const models = voted.models[k]!;
    merged.push({ box: boxAt(clusters.sides, k), label: clusters.labels[k]!, score: scores[k]!, models, agreement: models / all.models });
  }
  return merged;
}

const scoreRules: Readonly<Record<ScoreRule, (voted: ClusterVotes, k: number, all: AllModels) => number>> = {
  avg: ({ total, boxes }, k, all) => (total[k]! / boxes[k]!) * (Math.min(all.models, boxes[k]!) / all.weight),
  max: ({ highest }, k, all) => highest[k]! / all.highest,
  box_and_model_avg: ({ total, weight, present }, k, all) => (total[k]! / weight[k]!) * (present[k]! / all.weight),
  absent_model_aware_avg: ({ total, weight, present }, k, all) => total[k]! / (weight[k]! + all.weight - present[k]!),
};

/** Positions from the highest value to the lowest, the earlier of equals first. */
const fallingOrder = (values: Float64Array) => sortOrder(values.map((value) => -value)).order;

/** The detections that count in columns, from the highest vote down, with their models. Loops, since `from` with a function takes several times as long. */
function inTriedOrder(perModel: readonly (readonly Detection[])[], weights: readonly number[], minScore: number) {
  const kept: Detection[] = [];
  const unsorted: number[] = [];
  const modelOf: number[] = [];
  for (let model = 0; model < perModel.length; model++) {
    const name = `a box of model ${model}`;
    for (const detection of perModel[model]!) {
      const { box, label, score } = detection;
      if (!(score >= 0 && score < Infinity)) throw new RangeError(`Expected finite scores >= 0, got ${score} of model ${model}`);
      if (!Number.isInteger(label)) throw new RangeError(`Expected labels to be whole numbers, got ${label} of model ${model}`);
      requireExtent(box, name);
      if (!(score >= minScore)) continue;
      kept.push(detection);
      unsorted.push(score * weights[model]!);
      modelOf.push(model);
    }
  }
  const order = fallingOrder(Float64Array.from(unsorted));
  const count = order.length;
  const [sides, votes, labels, models] = [new Float64Array(4 * count), new Float64Array(count), new Float64Array(count), new Uint32Array(count)];
  for (let i = 0; i < count; i++) {
    const from = order[i]!;
    const { box, label } = kept[from]!;
    sides[4 * i] = box.top;
    sides[4 * i + 1] = box.left;
    sides[4 * i + 2] = box.bottom;
    sides[4 * i + 3] = box.right;
    votes[i] = unsorted[from]!;
    labels[i] = label;
    models[i] = modelOf[from]!;
  }
  return { sides, votes, labels, models };
}

function boxAt(sides: Float64Array, k: number): Box {
  return { top: sides[4 * k]!, left: sides[4 * k + 1]!, bottom: sides[4 * k + 2]!, right: sides[4 * k + 3]! };
}
