import type { Numbers } from "../cases/checkCases.ts";
import { sortOrder } from "../cases/sortOrder.ts";

/** DeLong's structural components: where each case stands among the cases of the other class. */
export interface Placements {
  /** For each positive, in the order of the rows: the share of negatives that it beats, ties one half. */
  readonly positive: Float64Array;
  /** For each negative: the share of positives that beat it. */
  readonly negative: Float64Array;
}

/** Placements by one sort (Sun and Xu 2014), not by comparing all pairs. Labels and scores must have been checked. */
export function placements(labels: Numbers, scores: Numbers): Placements {
  const { order, sorted } = sortOrder(scores);
  const n = order.length;
  const below = new Float64Array(n);
  const seen: [negatives: number, positives: number] = [0, 0];
  for (let k = 0; k < n; ) {
    const start = k;
    const tied: [number, number] = [0, 0];
    for (; k < n && sorted[k] === sorted[start]; k++) tied[labels[order[k]!] as 0 | 1]++;
    for (let j = start; j < k; j++) {
      const other = labels[order[j]!] === 1 ? 0 : 1;
      below[order[j]!] = seen[other] + tied[other] / 2;
    }
    seen[0] += tied[0];
    seen[1] += tied[1];
  }
  const [negatives, positives] = seen;
  const positive = new Float64Array(positives);
  const negative = new Float64Array(negatives);
  for (let i = 0, p = 0, q = 0; i < n; i++) {
    if (labels[i] === 1) positive[p++] = below[i]! / negatives;
    else negative[q++] = 1 - below[i]! / positives;
  }
  return { positive, negative };
}

/** Mean of a list; NaN of an empty one. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Sample covariance (n - 1) of two lists; NaN for fewer than two. */
export function covariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return a.length < 2 ? NaN : sum / (a.length - 1);
}
