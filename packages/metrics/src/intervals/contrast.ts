import { requireKnownKeys } from "@mammo/mammogram";
import { rangeError } from "../cases/checkCases.ts";
import { percentileInterval } from "./bootstrap.ts";
import type { BootstrapEstimate } from "./bootstrapRoc.ts";
import { checkConfidence } from "./checkConfidence.ts";
import { settled } from "./rounding.ts";

/**
 * A paired contrast Σ coefficient · estimate of statistics bootstrapped with the same seed on the same cases: `[1, -1]` is a difference,
 * `[1, -1/2, -1/2]` one score against the mean of two readers.
 *
 * `p`: two-sided bootstrap p-value of "the contrast is zero", (1 + replicates on the rarer side) / (1 + resamples), doubled, at most 1.
 *
 * @throws RangeError for lists of different lengths and for estimates from different draws.
 */
export function contrast(
  estimates: readonly BootstrapEstimate[],
  coefficients: readonly number[],
  options: { readonly confidence?: number } = {},
): BootstrapEstimate & { readonly p: number } {
  requireKnownKeys("contrast", options, { confidence: true });
  const { confidence = 0.95 } = options;
  checkConfidence(confidence);
  const resamples = estimates[0]?.replicates.length ?? 0;
  if (estimates.length === 0 || coefficients.length !== estimates.length)
    throw rangeError(`one coefficient for each of at least one estimate (${estimates.length})`, coefficients.length);
  const draws = estimates[0]!.draws;
  const other = estimates.find((estimate) => estimate.draws !== draws);
  if (other !== undefined) throw rangeError(`estimates from the same draws (${draws})`, other.draws);
  const sum = (of: (estimate: BootstrapEstimate) => number) => {
    const terms = estimates.map((estimate, k) => coefficients[k]! * of(estimate));
    const size = terms.reduce((most, term) => Math.max(most, Math.abs(term)), 0);
    return settled(
      terms.reduce((total, term) => total + term, 0),
      size,
    );
  };
  const replicates = Float64Array.from({ length: resamples }, (_, r) => sum((estimate) => estimate.replicates[r]!));
  const defined = replicates.filter((value) => !Number.isNaN(value));
  const [below, above] = [defined.filter((value) => value <= 0).length, defined.filter((value) => value >= 0).length];
  return {
    estimate: sum(({ estimate }) => estimate),
    ...percentileInterval(replicates, confidence),
    replicates,
    undefinedResamples: resamples - defined.length,
    draws,
    p: defined.length === 0 ? NaN : Math.min(1, (2 * (1 + Math.min(below, above))) / (1 + defined.length)),
  };
}

/**
 * Paired difference a - b of one statistic of two scores, bootstrapped with the same seed on the same cases.
 *
 * @example pairedDifference(bootstrapRoc(withA, { auroc: areaUnder }, o).auroc, bootstrapRoc(withB, { auroc: areaUnder }, o).auroc);
 */
export function pairedDifference(a: BootstrapEstimate, b: BootstrapEstimate, options?: { readonly confidence?: number }) {
  requireKnownKeys("pairedDifference", options, { confidence: true });
  return contrast([a, b], [1, -1], options);
}
