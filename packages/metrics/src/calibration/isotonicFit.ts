import { poolAdjacentViolators, sortOrder } from "@mammo/mammogram";
import type { Numbers } from "../cases/checkCases.ts";

/**
 * For each case, the share of positives that a never-falling function of the score fits best (isotonic regression).
 *
 * Cases of equal score get one value. Labels and scores must have been checked.
 */
export function isotonicFit(labels: Numbers, scores: Numbers, weights?: Numbers): Float64Array {
  const { order, sorted } = sortOrder(scores);
  const n = order.length;
  const positives: number[] = [];
  const totals: number[] = [];
  // Where each group of equal scores ends.
  const ends: number[] = [];
  for (let k = 0; k < n; ends.push(k)) {
    const score = sorted[k]!;
    let [positive, total] = [0, 0];
    for (; k < n && sorted[k] === score; k++) {
      const weight = weights === undefined ? 1 : weights[order[k]!]!;
      positive += weight * labels[order[k]!]!;
      total += weight;
    }
    positives.push(positive);
    totals.push(total);
  }
  const fitted = new Float64Array(n);
  let k = 0;
  for (const { end, mean } of poolAdjacentViolators(positives, totals)) for (; k < ends[end - 1]!; k++) fitted[order[k]!] = mean;
  return fitted;
}
