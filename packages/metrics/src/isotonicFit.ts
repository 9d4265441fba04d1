import type { Numbers } from "./checkCases.ts";
import { sortOrder } from "./sortOrder.ts";

/**
 * For each case, the share of positives that a never-falling function of the score fits best (pool adjacent violators, Ayer et al. 1955).
 *
 * Cases of equal score get one value. Labels and scores must have been checked.
 */
export function isotonicFit(labels: Numbers, scores: Numbers, weights?: Numbers): Float64Array {
  const { order, sorted } = sortOrder(scores);
  const n = order.length;
  // Blocks of neighbouring cases: where each ends, its positives and its weight.
  const ends: number[] = [];
  const positives: number[] = [];
  const totals: number[] = [];
  for (let k = 0; k < n; ) {
    const score = sorted[k]!;
    let [positive, total] = [0, 0];
    for (; k < n && sorted[k] === score; k++) {
      const weight = weights === undefined ? 1 : weights[order[k]!]!;
      positive += weight * labels[order[k]!]!;
      total += weight;
    }
    // Compared as products: a block without weight has no share, and joins the one before.
    while (ends.length > 0 && positives.at(-1)! * total >= positive * totals.at(-1)!) {
      positive += positives.pop()!;
      total += totals.pop()!;
      ends.pop();
    }
    ends.push(k);
    positives.push(positive);
    totals.push(total);
  }
  const fitted = new Float64Array(n);
  for (let block = 0, k = 0; block < ends.length; block++)
    for (; k < ends[block]!; k++) fitted[order[k]!] = totals[block] === 0 ? 0 : positives[block]! / totals[block]!;
  return fitted;
}
