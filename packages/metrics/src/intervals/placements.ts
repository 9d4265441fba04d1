import { sortOrder } from "@mammo/mammogram";
import type { Numbers } from "../cases/checkCases.ts";

/**
 * DeLong's structural components: where each case stands among the cases of the other class. Counted in half pairs, so that they are whole numbers: sums and
 * differences of them are exact, and scores that rank all cases alike differ by exactly nothing.
 */
export interface Placements {
  /** For each positive, in the order of the rows: two for each negative that it beats, one for each that it ties with. */
  readonly positive: Float64Array;
  /** For each negative: two for each positive that beats it, one for a tie. */
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
      below[order[j]!] = 2 * seen[other] + tied[other];
    }
    seen[0] += tied[0];
    seen[1] += tied[1];
  }
  const [negatives, positives] = seen;
  const positive = new Float64Array(positives);
  const negative = new Float64Array(negatives);
  for (let i = 0, p = 0, q = 0; i < n; i++) {
    if (labels[i] === 1) positive[p++] = below[i]!;
    else negative[q++] = 2 * positives - below[i]!;
  }
  return { positive, negative };
}

/** Area, or a contrast of areas: the share of pairs won. Exact but for its one division. */
export const areaOf = ({ positive, negative }: Placements): number => sum(positive) / (2 * positive.length * negative.length);

/** Covariance of two areas (or contrasts) of the same cases, after DeLong; NaN for fewer than two cases of a class. */
export function delongCovariance(a: Placements, b: Placements): number {
  const [positives, negatives] = [a.positive.length, a.negative.length];
  return (
    covariance(a.positive, b.positive) / (4 * negatives * negatives * positives) +
    covariance(a.negative, b.negative) / (4 * positives * positives * negatives)
  );
}

/** Sample covariance (n - 1) of two lists; NaN for fewer than two. */
export function covariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length];
  let products = 0;
  for (let i = 0; i < a.length; i++) products += (a[i]! - meanA) * (b[i]! - meanB);
  return a.length < 2 ? NaN : products / (a.length - 1);
}

/** Σ coefficient · list, place by place. */
export function combination(lists: readonly Float64Array[], coefficients: readonly number[]): Float64Array {
  const total = new Float64Array(lists[0]!.length);
  for (const [k, coefficient] of coefficients.entries()) {
    if (coefficient === 0) continue;
    const list = lists[k]!;
    for (let i = 0; i < total.length; i++) total[i]! += coefficient * list[i]!;
  }
  return total;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
