import { sortOrder } from "@mammo/mammogram";
import type { Numbers } from "../cases/checkCases.ts";
import type { Clusters } from "../cases/clusters.ts";
import { type RocCurve, toRate } from "./rocCurve.ts";

/** Cases sorted once: a stretch holds neighboring scores of one class, or one score that both classes share. */
interface Stretches {
  /** Clusters of the positive rows, then of the negative rows, from the highest score down. */
  readonly clusters: readonly [positive: Int32Array, negative: Int32Array];
  /** Where each stretch ends in these two lists. */
  readonly ends: readonly [positive: Int32Array, negative: Int32Array];
  readonly thresholds: Float64Array;
}

/**
 * A function from "how often is each cluster counted" to the ROC curve of such a sample, in one pass without a new sort.
 *
 * The curve holds its corners only (points on a straight level or upright line are left out), so areas and steps are unchanged
 * and what reads it is quick: screening sets have few positives, hence few corners.
 */
export function curveOfCounts(labels: Numbers, scores: Numbers, clusters: Clusters): (counts: Int32Array) => RocCurve {
  const stretches = stretchesOf(labels, scores, clusters);
  return (counts) => {
    const [positives, negatives] = running(stretches, counts);
    return { falsePositiveRate: toRate(negatives), truePositiveRate: toRate(positives), thresholds: stretches.thresholds };
  };
}

/** The same for the whole area, as a fraction of whole numbers: half pairs won, and half pairs in all. */
export function areaOfCounts(
  labels: Numbers,
  scores: Numbers,
  clusters: Clusters,
): (counts: Int32Array) => { readonly won: number; readonly all: number } {
  const stretches = stretchesOf(labels, scores, clusters);
  return (counts) => {
    const [positives, negatives] = running(stretches, counts);
    let won = 0;
    for (let k = 1; k < positives.length; k++) won += (negatives[k]! - negatives[k - 1]!) * (positives[k]! + positives[k - 1]!);
    return { won, all: 2 * positives.at(-1)! * negatives.at(-1)! };
  };
}

/** Positives and negatives down to each corner. */
function running({ clusters: lists, ends, thresholds }: Stretches, counts: Int32Array): [positives: Float64Array, negatives: Float64Array] {
  const corners = thresholds.length;
  return [0, 1].map((side) => {
    const [list, end] = [lists[side]!, ends[side]!];
    const sums = new Float64Array(corners);
    for (let corner = 1, k = 0, sum = 0; corner < corners; corner++) {
      for (const until = end[corner]!; k < until; k++) sum += counts[list[k]!]!;
      sums[corner] = sum;
    }
    return sums;
  }) as [Float64Array, Float64Array];
}

function stretchesOf(labels: Numbers, scores: Numbers, clusters: Clusters): Stretches {
  const { order, sorted } = sortOrder(scores);
  const n = order.length;
  const positive: number[] = [];
  const negative: number[] = [];
  const ends: [number[], number[]] = [[0], [0]];
  const thresholds = [Infinity];
  for (let k = n - 1, last = ""; k >= 0; ) {
    const score = sorted[k]!;
    const [p, q] = [positive.length, negative.length];
    for (; k >= 0 && sorted[k] === score; k--) (labels[order[k]!] === 1 ? positive : negative).push(clusters.of[order[k]!]!);
    const kind = positive.length === p ? "negative" : negative.length === q ? "positive" : "both";
    // A stretch goes on while the class stays the same: only its end is a corner.
    const place = kind === last && kind !== "both" ? thresholds.length - 1 : thresholds.length;
    thresholds[place] = score;
    ends[0][place] = positive.length;
    ends[1][place] = negative.length;
    last = kind;
  }
  return {
    clusters: [Int32Array.from(positive), Int32Array.from(negative)],
    ends: [Int32Array.from(ends[0]), Int32Array.from(ends[1])],
    thresholds: Float64Array.from(thresholds),
  };
}
