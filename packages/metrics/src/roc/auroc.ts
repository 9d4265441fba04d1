import { requireKnownKeys, sortNumbers, sortOrder } from "@mammo/mammogram";
import { checkCases, type Numbers, type Weighted } from "../cases/checkCases.ts";

/**
 * Area under the ROC curve: the chance that a positive case scores higher than a negative one, ties counting one half. In [0, 1].
 *
 * Exact, by ranks (Mann and Whitney 1947; Bamber 1975), O(n log n). NaN when a class is absent (or weighs nothing).
 *
 * @throws RangeError for unequal lengths, labels outside 0/1, NaN or infinite scores, negative weights.
 * @example auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 */
export function auroc(labels: Numbers, scores: Numbers, options: Weighted = {}): number {
  requireKnownKeys("auroc", options, { weights: true });
  const { weights } = options;
  checkCases(labels, scores, weights);
  return weights === undefined ? shareOfPairs(labels, scores) : shareOfWeight(labels, scores, weights);
}

/** Each class is sorted by itself, which moves less than sorting rows; then both are walked side by side. */
function shareOfPairs(labels: Numbers, scores: Numbers): number {
  const n = labels.length;
  let count = 0;
  for (let i = 0; i < n; i++) count += labels[i]!;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(n - count);
  for (let i = 0, p = 0, q = 0; i < n; i++) {
    // -0 becomes 0: they tie.
    if (labels[i] === 1) positives[p++] = scores[i]! + 0;
    else negatives[q++] = scores[i]! + 0;
  }
  const [high, low] = [sortNumbers(positives), sortNumbers(negatives)];
  let halves = 0;
  for (let p = 0, below = 0, atMost = 0; p < count; p++) {
    const score = high[p]!;
    while (below < low.length && low[below]! < score) below++;
    while (atMost < low.length && low[atMost]! <= score) atMost++;
    halves += below + atMost;
  }
  return halves / 2 / (count * (n - count));
}

function shareOfWeight(labels: Numbers, scores: Numbers, weights: Numbers): number {
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
      const weight = weights[order[k]!]!;
      if (labels[order[k]!] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    won += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return won / (positives * negatives);
}
