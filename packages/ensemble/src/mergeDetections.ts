import { type Box, iou, minMax, requireExtent } from "@mammo/mammogram";

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
}

/** Members of one lesion, their fused box, and the sums that it is made of: fifty models mark a place fifty times. */
interface Cluster {
  readonly members: Member[];
  readonly label: number;
  readonly sums: { vote: number; top: number; left: number; bottom: number; right: number };
  box: Box;
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
  const clusters: Cluster[] = [];
  for (const member of members.filter((member) => member.score >= minScore).sort((a, b) => b.score * b.weight - a.score * a.weight)) {
    const match = nearest(clusters, member, iouThreshold);
    if (match) join(match, member);
    else clusters.push(clusterOf(member));
  }
  return clusters
    .map(({ members, box }) => ({
      box,
      label: members[0]!.label,
      score: scoreRules[scoreRule](members, weights),
      ...agreementOf(members, perModel.length),
    }))
    .sort((a, b) => b.score - a.score);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const votes = (members: readonly Member[]) => members.map(({ score, weight }) => score * weight);
const modelsOf = (members: readonly Member[]) => [...new Set(members.map(({ model }) => model))];

const scoreRules: Readonly<Record<ScoreRule, (members: readonly Member[], weights: readonly number[]) => number>> = {
  avg: (members, weights) => (sum(votes(members)) / members.length) * (Math.min(weights.length, members.length) / sum(weights)),
  max: (members, weights) => minMax(votes(members))[1] / minMax(weights)[1],
  box_and_model_avg(members, weights) {
    const present = sum(modelsOf(members).map((model) => weights[model]!));
    return (sum(votes(members)) / sum(members.map(({ weight }) => weight))) * (present / sum(weights));
  },
  absent_model_aware_avg(members, weights) {
    const present = new Set(modelsOf(members));
    const absent = sum(weights.filter((_, model) => !present.has(model)));
    return sum(votes(members)) / (sum(members.map(({ weight }) => weight)) + absent);
  },
};

function memberOf({ box, label, score }: Detection, model: number, weight: number): Member {
  if (!(score >= 0 && score < Infinity)) throw new RangeError(`Expected finite scores >= 0, got ${score} of model ${model}`);
  if (!Number.isInteger(label)) throw new RangeError(`Expected labels to be whole numbers, got ${label} of model ${model}`);
  requireExtent(box, `a box of model ${model}`);
  return { box, label, score, model, weight };
}

function nearest(clusters: readonly Cluster[], member: Member, iouThreshold: number): Cluster | undefined {
  let best: Cluster | undefined;
  let bestOverlap = iouThreshold;
  for (const cluster of clusters) {
    const overlap = cluster.label === member.label ? iou(cluster.box, member.box) : 0;
    if (overlap > bestOverlap) [best, bestOverlap] = [cluster, overlap];
  }
  return best;
}

function agreementOf(members: readonly Member[], all: number): { readonly models: number; readonly agreement: number } {
  const models = new Set(members.map(({ model }) => model)).size;
  return { models, agreement: models / all };
}

function clusterOf(member: Member): Cluster {
  const { box, label, score, weight } = member;
  const vote = score * weight;
  return {
    members: [member],
    label,
    box,
    sums: { vote, top: vote * box.top, left: vote * box.left, bottom: vote * box.bottom, right: vote * box.right },
  };
}

function join(cluster: Cluster, member: Member): void {
  const { members, sums } = cluster;
  const { box, score, weight } = member;
  const vote = score * weight;
  members.push(member);
  sums.vote += vote;
  for (const side of sides) sums[side] += vote * box[side];
  // Members that all score 0 weigh alike.
  const side = (name: (typeof sides)[number]) =>
    sums.vote > 0 ? sums[name] / sums.vote : members.reduce((total, one) => total + one.box[name] / members.length, 0);
  cluster.box = { top: side("top"), left: side("left"), bottom: side("bottom"), right: side("right") };
}

const sides = ["top", "left", "bottom", "right"] as const;
