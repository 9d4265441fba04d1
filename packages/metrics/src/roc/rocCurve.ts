import { requireKnownKeys, sortOrder } from "@mammo/mammogram";
import { checkCases, type Numbers, type Weighted } from "../cases/checkCases.ts";

/** A receiver operating characteristic: three lists of equal length, from (0, 0) to (1, 1). */
export interface RocCurve {
  /** 1 - specificity, rising. */
  readonly falsePositiveRate: Float64Array;
  /** Sensitivity, rising. */
  readonly truePositiveRate: Float64Array;
  /** A case is called positive when its score is >= the threshold; falling, the first is Infinity. */
  readonly thresholds: Float64Array;
}

/** Any number read off a ROC curve: an area, a sensitivity. A curve may hold its corners only, as that of a resample does. */
export type CurveStatistic = (curve: RocCurve) => number;

/**
 * The empirical ROC curve: one point for each distinct score, and (0, 0).
 *
 * labels: 0 or 1; scores: finite, higher means more suspicious. With one class only, the rate of the absent class is NaN throughout.
 *
 * @throws RangeError for unequal lengths, other labels, NaN or infinite scores, negative weights.
 * @example rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).truePositiveRate; // 0, 0.5, 0.5, 1, 1
 */
export function rocCurve(labels: Numbers, scores: Numbers, options: Weighted = {}): RocCurve {
  requireKnownKeys("rocCurve", options, { weights: true });
  const { weights } = options;
  checkCases(labels, scores, weights);
  const { order, sorted } = sortOrder(scores);
  const n = order.length;
  const falsePositives = new Float64Array(n + 1);
  const truePositives = new Float64Array(n + 1);
  const thresholds = new Float64Array(n + 1).fill(Infinity, 0, 1);
  const [t, f] = [runningSum(), runningSum()];
  let points = 1;
  for (let k = n - 1; k >= 0; k--) {
    const i = order[k]!;
    (labels[i] === 1 ? t : f).add(weights === undefined ? 1 : weights[i]!);
    if (k > 0 && sorted[k - 1] === sorted[k]) continue;
    falsePositives[points] = f.total();
    truePositives[points] = t.total();
    thresholds[points++] = sorted[k]!;
  }
  return {
    falsePositiveRate: toRate(falsePositives.slice(0, points)),
    truePositiveRate: toRate(truePositives.slice(0, points)),
    thresholds: thresholds.slice(0, points),
  };
}

/** A sum that keeps what rounding takes away (Neumaier 1974): weights of 0.1 would else drift off the rate that is asked for. */
function runningSum() {
  let [sum, lost] = [0, 0];
  return {
    add(value: number): void {
      const next = sum + value;
      lost += Math.abs(sum) >= value ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => sum + lost,
  };
}

/** Divides running counts by the last of them, in place; 0/0 is NaN: a class that is absent has no rate. */
export function toRate(counts: Float64Array): Float64Array {
  const total = counts.at(-1)!;
  for (let i = 0; i < counts.length; i++) counts[i] = counts[i]! / total;
  return counts;
}
