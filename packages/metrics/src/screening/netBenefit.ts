import { requireKnownKeys, sortOrder } from "@mammo/mammogram";
import { prevalenceOf } from "../calibration/brier.ts";
import { checkProbabilities } from "../calibration/checkProbabilities.ts";
import { type Numbers, rangeError } from "../cases/checkCases.ts";

/** Net benefit at one threshold probability, in true positives per case. */
export interface NetBenefit {
  readonly threshold: number;
  /** Of calling those with probability >= threshold. */
  readonly model: number;
  /** Of calling all. Calling none is 0. */
  readonly all: number;
}

/** Where a decision curve is taken, and at which prevalence. */
export interface NetBenefitOptions {
  /** Threshold probabilities in (0, 1); default 0.005, 0.010 ... 0.100, the range in which recall is argued. */
  readonly thresholds?: readonly number[];
  /** Share of positives that the result is for; default that of the labels. */
  readonly prevalence?: number;
}

/**
 * Decision curve (Vickers and Elkin 2006): TP/n - FP/n · t/(1 - t) at each threshold probability t, beside calling all.
 *
 * NaN when a class is absent and a prevalence is given.
 *
 * @throws RangeError as `brierScore` does, and for a threshold or prevalence outside (0, 1).
 */
export function netBenefit(labels: Numbers, probabilities: Numbers, options: NetBenefitOptions = {}): readonly NetBenefit[] {
  requireKnownKeys("netBenefit", options, { thresholds: true, prevalence: true });
  const { thresholds = defaultThresholds, prevalence } = options;
  checkProbabilities(labels, probabilities);
  for (const [k, t] of thresholds.entries()) if (!(t > 0 && t < 1)) throw rangeError(`thresholds[${k}] in (0, 1)`, t);
  if (prevalence !== undefined && !(prevalence > 0 && prevalence < 1)) throw rangeError("prevalence in (0, 1)", prevalence);
  const observed = prevalenceOf(labels);
  const share = prevalence ?? observed;
  const [weightPositive, weightNegative] = prevalence === undefined ? [1, 1] : [share / observed, (1 - share) / (1 - observed)];
  const { sorted, positivesFrom } = suffixCounts(labels, probabilities);
  const n = labels.length;
  return thresholds.map((threshold) => {
    const odds = threshold / (1 - threshold);
    const from = firstAtLeast(sorted, threshold);
    const truePositives = positivesFrom[from]!;
    const falsePositives = n - from - truePositives;
    return {
      threshold,
      model: (weightPositive * truePositives - weightNegative * falsePositives * odds) / n,
      all: share - (1 - share) * odds,
    };
  });
}

const defaultThresholds = Array.from({ length: 20 }, (_, k) => (k + 1) / 200);

function suffixCounts(labels: Numbers, probabilities: Numbers) {
  const { order, sorted } = sortOrder(probabilities);
  const positivesFrom = new Float64Array(order.length + 1);
  for (let k = order.length - 1; k >= 0; k--) positivesFrom[k] = positivesFrom[k + 1]! + labels[order[k]!]!;
  return { sorted, positivesFrom };
}

function firstAtLeast(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
