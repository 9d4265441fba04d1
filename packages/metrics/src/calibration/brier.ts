import { requireKnownKeys } from "@mammo/mammogram";
import { checkCases, type Numbers, type Weighted } from "../cases/checkCases.ts";
import { checkProbabilities } from "./checkProbabilities.ts";
import { isotonicFit } from "./isotonicFit.ts";

/**
 * Mean squared error of probabilities (Brier 1950): 0 perfect, 1 worst; a constant prevalence π scores π(1 - π).
 *
 * @throws RangeError for unequal lengths, labels outside 0/1, probabilities outside [0, 1], negative weights.
 * @example brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]); // 0.0375
 */
export function brierScore(labels: Numbers, probabilities: Numbers, options: Weighted = {}): number {
  requireKnownKeys("brierScore", options, { weights: true });
  const { weights } = options;
  checkProbabilities(labels, probabilities, weights);
  return weightedMean(labels.length, (i) => (probabilities[i]! - labels[i]!) ** 2, weights);
}

/** The Brier score in three parts: score = miscalibration - discrimination + uncertainty. */
export interface BrierParts {
  readonly score: number;
  /** What recalibration would gain: 0 for a calibrated model. */
  readonly miscalibration: number;
  /** What the recalibrated model gains over the bare prevalence. */
  readonly discrimination: number;
  /** Score of the bare prevalence. */
  readonly uncertainty: number;
}

/**
 * CORP decomposition (Dimitriadis, Gneiting and Jordan 2021): recalibrated by isotonic regression, hence without bins.
 *
 * @throws RangeError as `brierScore`.
 */
export function brierParts(labels: Numbers, probabilities: Numbers, options: Weighted = {}): BrierParts {
  requireKnownKeys("brierParts", options, { weights: true });
  const { weights } = options;
  const score = brierScore(labels, probabilities, { ...(weights === undefined ? {} : { weights }) });
  return parts(labels, score, isotonicFit(labels, probabilities, weights), weights);
}

/**
 * Murphy's decomposition (1973): recalibrated to the observed share at each distinct probability. Exact for forecasts that take few
 * values; with many, discrimination is too high: then use `brierParts`.
 */
export function murphyParts(labels: Numbers, probabilities: Numbers, options: Weighted = {}): BrierParts {
  requireKnownKeys("murphyParts", options, { weights: true });
  const { weights } = options;
  const score = brierScore(labels, probabilities, { ...(weights === undefined ? {} : { weights }) });
  const sums = new Map<number, [positive: number, all: number]>();
  for (let i = 0; i < labels.length; i++) {
    const sum = sums.get(probabilities[i]! + 0) ?? [0, 0];
    sum[0] += labels[i]! * (weights?.[i] ?? 1);
    sum[1] += weights?.[i] ?? 1;
    sums.set(probabilities[i]! + 0, sum);
  }
  const share = Float64Array.from({ length: labels.length }, (_, i) => {
    const [positive, all] = sums.get(probabilities[i]! + 0)!;
    return all === 0 ? 0 : positive / all;
  });
  return parts(labels, score, share, weights);
}

function parts(labels: Numbers, score: number, recalibrated: Float64Array, weights?: Numbers): BrierParts {
  const prevalence = weightedMean(labels.length, (i) => labels[i]!, weights);
  const uncertainty = weightedMean(labels.length, (i) => (prevalence - labels[i]!) ** 2, weights);
  const best = weightedMean(labels.length, (i) => (recalibrated[i]! - labels[i]!) ** 2, weights);
  return { score, miscalibration: score - best, discrimination: uncertainty - best, uncertainty };
}

/**
 * Mean negative log-likelihood (natural logarithm). A certain and wrong probability makes it Infinity: clip beforehand if that is not wanted.
 *
 * @throws RangeError as `brierScore`.
 */
export function logLoss(labels: Numbers, probabilities: Numbers, options: Weighted = {}): number {
  requireKnownKeys("logLoss", options, { weights: true });
  const { weights } = options;
  checkProbabilities(labels, probabilities, weights);
  const loss = (i: number) => -(labels[i] === 1 ? Math.log(probabilities[i]!) : Math.log1p(-probabilities[i]!));
  return weightedMean(labels.length, loss, weights);
}

/** Share of positives; with weights, their share of the weight. NaN when all weights are 0. */
export function prevalenceOf(labels: Numbers, weights?: Numbers): number {
  checkCases(labels, labels, weights, "labels");
  return weightedMean(labels.length, (i) => labels[i]!, weights);
}

function weightedMean(n: number, value: (i: number) => number, weights?: Numbers): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    // A case of no weight has no say, even where its loss is infinite.
    if (weight > 0) sum += weight * value(i);
    total += weight;
  }
  return sum / total;
}
