import { checkCases, type Numbers } from "../cases/checkCases.ts";
import { normalQuantile, normalTwoSided } from "../distributions/normal.ts";
import { studentHalfWidth, studentTwoSided } from "../distributions/student.ts";
import { checkConfidence } from "./checkConfidence.ts";
import { covariance, mean, type Placements, placements } from "./placements.ts";

interface Confidence {
  /** Share of the interval; default 0.95. */
  readonly confidence?: number;
}

/** An area and its interval. */
export interface AreaInterval {
  readonly auroc: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** A difference of two areas, first minus second. */
export interface AreaDifference {
  readonly difference: number;
  readonly standardError: number;
  /** Two-sided p-value of "no difference". */
  readonly p: number;
  readonly low: number;
  readonly high: number;
}

/**
 * AUROC with the interval of DeLong, DeLong and Clarke-Pearson (1988), clipped to [0, 1]. For independent cases; for women with two breasts see `bootstrapRoc`.
 *
 * The standard error is NaN with fewer than two cases of a class.
 *
 * @throws RangeError as `auroc` does and for a confidence outside (0, 1).
 * @example delongInterval(labels, scores); // { auroc: 0.8237, standardError: 0.0384, low: 0.7485, high: 0.8988 }
 */
export function delongInterval(labels: Numbers, scores: Numbers, { confidence = 0.95 }: Confidence = {}): AreaInterval {
  checkCases(labels, scores);
  const z = normalQuantile((1 + checkConfidence(confidence)) / 2);
  const found = placements(labels, scores);
  const area = mean(found.positive);
  const standardError = Math.sqrt(delongCovariance(found, found));
  return { auroc: area, standardError, low: Math.max(0, area - z * standardError), high: Math.min(1, area + z * standardError) };
}

/**
 * Two scores of the same cases: difference a - b of their areas, and the paired test of DeLong (1988).
 *
 * p is 1 when the two rank all cases alike.
 *
 * @throws RangeError as `delongInterval`.
 * @example delong(labels, model, radiologist).p;
 */
export function delong(labels: Numbers, a: Numbers, b: Numbers, { confidence = 0.95 }: Confidence = {}): AreaDifference & { readonly z: number } {
  checkCases(labels, a, undefined, "a");
  checkCases(labels, b, undefined, "b");
  const half = normalQuantile((1 + checkConfidence(confidence)) / 2);
  const [first, second] = [placements(labels, a), placements(labels, b)];
  const difference = mean(first.positive) - mean(second.positive);
  // The variance of the difference, from the differences of the components: never negative, whatever rounding does.
  const minus = (x: Float64Array, y: Float64Array) => x.map((value, i) => value - y[i]!);
  const apart = { positive: minus(first.positive, second.positive), negative: minus(first.negative, second.negative) };
  const standardError = Math.sqrt(delongCovariance(apart, apart));
  const z = standardError === 0 && difference === 0 ? 0 : difference / standardError;
  return { difference, standardError, z, p: normalTwoSided(z), low: difference - half * standardError, high: difference + half * standardError };
}

/**
 * Two independent sets of cases: difference of their areas with Welch's degrees of freedom, as pROC tests it.
 *
 * @throws RangeError as `delongInterval`.
 */
export function delongUnpaired(
  a: { readonly labels: Numbers; readonly scores: Numbers },
  b: { readonly labels: Numbers; readonly scores: Numbers },
  { confidence = 0.95 }: Confidence = {},
): AreaDifference & { readonly t: number; readonly degreesOfFreedom: number } {
  const [first, second] = [delongInterval(a.labels, a.scores), delongInterval(b.labels, b.scores)];
  const [va, vb] = [first.standardError ** 2, second.standardError ** 2];
  const difference = first.auroc - second.auroc;
  const standardError = Math.sqrt(va + vb);
  const degreesOfFreedom = (va + vb) ** 2 / (va ** 2 / (a.labels.length - 1) + vb ** 2 / (b.labels.length - 1));
  const half = studentHalfWidth(checkConfidence(confidence), degreesOfFreedom) * standardError;
  const t = difference / standardError;
  return { difference, standardError, t, degreesOfFreedom, p: studentTwoSided(t, degreesOfFreedom), low: difference - half, high: difference + half };
}

/** Covariance of two areas of the same cases: of the components of each class, over its number of cases. */
export function delongCovariance(a: Placements, b: Placements): number {
  return covariance(a.positive, b.positive) / a.positive.length + covariance(a.negative, b.negative) / a.negative.length;
}
