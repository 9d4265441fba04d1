import { iou } from "@mammo/mammogram";
import type { Detection, MergedDetection, MergeOptions } from "../src/index.ts";

interface Member extends Detection {
  readonly model: number;
  readonly weight: number;
  readonly vote: number;
}

interface Cluster {
  readonly members: readonly Member[];
  readonly box: Detection["box"];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const modelsOf = (members: readonly Member[]) => [...new Set(members.map(({ model }) => model))];

/** Weighted box fusion by objects and sets, each box against each cluster; sums run in the order in which boxes are tried, so that all digits are those of `mergeDetections`. */
export function slowFusion(perModel: readonly (readonly Detection[])[], options: Required<Omit<MergeOptions, "most">>): MergedDetection[] {
  const { iouThreshold, minScore, weights, scoreRule } = options;
  const members = perModel.flatMap((list, model) =>
    list.map((one): Member => ({ ...one, model, weight: weights[model]!, vote: one.score * weights[model]! })),
  );
  const clusters: Cluster[] = [];
  for (const one of members.filter(({ score }) => score >= minScore).sort((a, b) => b.vote - a.vote)) {
    const overlaps = clusters.map(({ members: [first], box }) => (first!.label === one.label ? iou(one.box, box) : 0));
    const most = overlaps.reduce((a, b) => Math.max(a, b), 0);
    const k = most > iouThreshold ? overlaps.indexOf(most) : clusters.length;
    const joined = [...(clusters[k]?.members ?? []), one];
    clusters[k] = { members: joined, box: meanBox(joined) };
  }
  return clusters
    .map(({ members: joined, box }): MergedDetection => {
      const [votes, present] = [joined.map(({ vote }) => vote), modelsOf(joined)];
      const [all, seen, weight] = [sum(weights), sum(present.map((model) => weights[model]!)), sum(joined.map((one) => one.weight))];
      const score = {
        avg: (sum(votes) / joined.length) * (Math.min(weights.length, joined.length) / all),
        max: Math.max(...votes) / Math.max(...weights),
        box_and_model_avg: (sum(votes) / weight) * (seen / all),
        absent_model_aware_avg: sum(votes) / (weight + all - seen),
      }[scoreRule];
      return { box, label: joined[0]!.label, score, models: present.length, agreement: present.length / perModel.length };
    })
    .sort((a, b) => b.score - a.score);
}

function meanBox(members: readonly Member[]): Detection["box"] {
  const total = sum(members.map(({ vote }) => vote));
  const mean = (side: keyof Detection["box"]) => {
    if (members.length === 1) return members[0]!.box[side];
    return total > 0 ? sum(members.map(({ box, vote }) => vote * box[side])) / total : sum(members.map(({ box }) => box[side])) / members.length;
  };
  return { top: mean("top"), left: mean("left"), bottom: mean("bottom"), right: mean("right") };
}
