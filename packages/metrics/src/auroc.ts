import { checkCases, type Numbers, type Weighted } from "./checkCases.ts";
import { sortOrder } from "./sortOrder.ts";

/**
 * Area under the ROC curve: the chance that a positive case scores higher than a negative one, ties counting one half. In [0, 1].
 *
 * Exact, by ranks (Mann and Whitney 1947; Bamber 1975), O(n log n). NaN when a class is absent (or weighs nothing).
 * Throws RangeError for unequal lengths, labels outside 0/1, NaN or infinite scores, negative weights.
 *
 * @example auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 */
export function auroc(labels: Numbers, scores: Numbers, { weights }: Weighted = {}): number {
  checkCases(labels, scores, weights);
  const { order, sorted } = sortOrder(scores);
  const n = order.length;
  let won = 0;
  let positives = 0;
  let negatives = 0;
  for (let k = 0; k < n; ) {
    const score = sorted[k]!;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (; k < n && sorted[k] === score; k++) {
      const weight = weights === undefined ? 1 : weights[order[k]!]!;
      if (labels[order[k]!] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    won += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return won / (positives * negatives);
}
