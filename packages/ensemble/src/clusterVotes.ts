import type { BoxClusters } from "./clusterBoxes.ts";

/** What the boxes of each cluster say together, one number a cluster. */
export interface ClusterVotes {
  /** Boxes. */
  readonly boxes: Float64Array;
  /** Sum and highest of their votes, each score times weight. */
  readonly total: Float64Array;
  readonly highest: Float64Array;
  /** Sum of their models' weights, a model of two boxes twice. */
  readonly weight: Float64Array;
  /** The models among them, each once, and their weights. */
  readonly models: Float64Array;
  readonly present: Float64Array;
}

/** Votes and models of the boxes, in the order in which they were tried, and what each model weighs. */
export function clusterVotes(
  { count, clusterOf }: BoxClusters,
  { votes, models, weights }: { readonly votes: Float64Array; readonly models: Uint32Array; readonly weights: readonly number[] },
): ClusterVotes {
  const sums = () => new Float64Array(count);
  const all: ClusterVotes = { boxes: sums(), total: sums(), highest: sums(), weight: sums(), models: sums(), present: sums() };
  // A bit for each model of each cluster.
  const words = Math.ceil(weights.length / 32);
  const seen = new Int32Array(count * words);
  for (let i = 0; i < votes.length; i++) {
    const [k, model, vote] = [clusterOf[i]!, models[i]!, votes[i]!];
    const weight = weights[model]!;
    all.boxes[k]!++;
    all.total[k]! += vote;
    all.weight[k]! += weight;
    if (vote > all.highest[k]!) all.highest[k] = vote;
    const [word, bit] = [k * words + (model >>> 5), 1 << (model & 31)];
    if ((seen[word]! & bit) !== 0) continue;
    seen[word]! |= bit;
    all.models[k]!++;
    all.present[k]! += weight;
  }
  return all;
}
