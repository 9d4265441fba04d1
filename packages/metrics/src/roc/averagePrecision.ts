import { requireKnownKeys, sortOrder } from "@mammo/mammogram";
import { checkCases, type Numbers, type Weighted } from "../cases/checkCases.ts";

/**
 * Average precision: Σ (recall gained at a threshold) · precision there; a step sum, not interpolated. Chance is the share of positives.
 *
 * As scikit-learn's `average_precision_score`. NaN without a positive.
 *
 * @throws RangeError as `rocCurve` does.
 * @example averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333
 */
export function averagePrecision(labels: Numbers, scores: Numbers, options: Weighted = {}): number {
  requireKnownKeys("averagePrecision", options, { weights: true });
  const { weights } = options;
  checkCases(labels, scores, weights);
  const { order, sorted } = sortOrder(scores);
  let [positives, called, sum] = [0, 0, 0];
  for (let k = order.length - 1; k >= 0; ) {
    const score = sorted[k]!;
    let gained = 0;
    for (; k >= 0 && sorted[k] === score; k--) {
      const weight = weights === undefined ? 1 : weights[order[k]!]!;
      called += weight;
      if (labels[order[k]!] === 1) gained += weight;
    }
    positives += gained;
    if (gained > 0) sum += gained * (positives / called);
  }
  return sum / positives;
}
