import { type Box, minMax, requireExtent } from "@mammo/mammogram";
import { clusterBoxes } from "./clusterBoxes.ts";

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
}

interface Member extends Detection {
  readonly model: number;
  readonly weight: number;
  /** Score times weight. */
  readonly vote: number;
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
  const { iouThreshold = 0.55, minScore = 0, weights = perModel.map(() => 1), scoreRule = "absent_model_aware_avg" } = options;
  if (weights.length !== perModel.length) throw new RangeError(`Expected ${perModel.length} weights, got ${weights.length}`);
  for (const weight of weights) if (!(weight > 0 && weight < Infinity)) throw new RangeError(`Expected weights > 0, got ${weight}`);
  if (!(iouThreshold >= 0 && iouThreshold <= 1)) throw new RangeError(`Expected iouThreshold in [0, 1], got ${iouThreshold}`);
  if (Number.isNaN(minScore)) throw new RangeError("Expected minScore to be a number, got NaN");
  if (!Object.hasOwn(scoreRules, scoreRule))
    throw new RangeError(`Expected scoreRule ${Object.keys(scoreRules).join(", ")}, got ${JSON.stringify(scoreRule)}`);
  const members = perModel.flatMap((detections, model) => detections.map((detection) => memberOf(detection, model, weights[model]!)));
  const kept = members.filter((member) => member.score >= minScore);
  const votes = Float64Array.from(kept, ({ vote }) => vote);
  const order = Uint32Array.from(kept.keys()).sort((a, b) => votes[b]! - votes[a]! || a - b);
  const tried = Array.from(order, (i) => kept[i]!);
  const clusters = clusterBoxes(
    {
      sides: sidesOf(tried),
      votes: Float64Array.from(order, (i) => votes[i]!),
      labels: Float64Array.from(tried, ({ label }) => label),
    },
    iouThreshold,
  );
  const groups: Member[][] = Array.from({ length: clusters.count }, () => []);
  for (const [i, member] of tried.entries()) groups[clusters.clusterOf[i]!]!.push(member);
  return groups
    .map(
      (group, k): MergedDetection => ({
        box: boxOf(clusters.sides, k),
        label: group[0]!.label,
        score: scoreRules[scoreRule](group, weights),
        ...agreementOf(group, perModel.length),
      }),
    )
    .sort((a, b) => b.score - a.score);
}

function sidesOf(members: readonly Member[]): Float64Array {
  const sides = new Float64Array(4 * members.length);
  for (const [i, { box }] of members.entries()) {
    sides[4 * i] = box.top;
    sides[4 * i + 1] = box.left;
    sides[4 * i + 2] = box.bottom;
    sides[4 * i + 3] = box.right;
  }
  return sides;
}

function boxOf(sides: Float64Array, k: number): Box {
  return { top: sides[4 * k]!, left: sides[4 * k + 1]!, bottom: sides[4 * k + 2]!, right: sides[4 * k + 3]! };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const votesOf = (members: readonly Member[]) => members.map(({ vote }) => vote);
const modelsOf = (members: readonly Member[]) => [...new Set(members.map(({ model }) => model))];

const scoreRules: Readonly<Record<ScoreRule, (members: readonly Member[], weights: readonly number[]) => number>> = {
  avg: (members, weights) => (sum(votesOf(members)) / members.length) * (Math.min(weights.length, members.length) / sum(weights)),
  max: (members, weights) => minMax(votesOf(members))[1] / minMax(weights)[1],
  box_and_model_avg(members, weights) {
    const present = sum(modelsOf(members).map((model) => weights[model]!));
    return (sum(votesOf(members)) / sum(members.map(({ weight }) => weight))) * (present / sum(weights));
  },
  absent_model_aware_avg(members, weights) {
    const present = sum(modelsOf(members).map((model) => weights[model]!));
    return sum(votesOf(members)) / (sum(members.map(({ weight }) => weight)) + sum(weights) - present);
  },
};

function memberOf({ box, label, score }: Detection, model: number, weight: number): Member {
  if (!(score >= 0 && score < Infinity)) throw new RangeError(`Expected finite scores >= 0, got ${score} of model ${model}`);
  if (!Number.isInteger(label)) throw new RangeError(`Expected labels to be whole numbers, got ${label} of model ${model}`);
  requireExtent(box, `a box of model ${model}`);
  return { box, label, score, model, weight, vote: score * weight };
}

function agreementOf(members: readonly Member[], all: number): { readonly models: number; readonly agreement: number } {
  const models = new Set(members.map(({ model }) => model)).size;
  return { models, agreement: models / all };
}
