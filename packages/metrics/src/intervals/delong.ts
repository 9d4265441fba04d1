import { requireKnownKeys } from "@mammo/mammogram";
import { checkCases, type Numbers } from "../cases/checkCases.ts";
import { normalQuantile, normalTwoSided } from "../distributions/normal.ts";
import { studentHalfWidth, studentTwoSided } from "../distributions/student.ts";
import { checkConfidence } from "./checkConfidence.ts";
import { areaOf, combination, delongCovariance, placements } from "./placements.ts";

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
export function delongInterval(labels: Numbers, scores: Numbers, options: Confidence = {}): AreaInterval {
  requireKnownKeys("delongInterval", options, { confidence: true });
  const { confidence = 0.95 } = options;
  checkCases(labels, scores);
  const z = normalQuantile((1 + checkConfidence(confidence)) / 2);
  const found = placements(labels, scores);
  const area = areaOf(found);
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
export function delong(labels: Numbers, a: Numbers, b: Numbers, options: Confidence = {}): AreaDifference & { readonly z: number } {
  requireKnownKeys("delong", options, { confidence: true });
  const { confidence = 0.95 } = options;
  checkCases(labels, a, undefined, "a");
  checkCases(labels, b, undefined, "b");
  const half = normalQuantile((1 + checkConfidence(confidence)) / 2);
  const [first, second] = [placements(labels, a), placements(labels, b)];
  // From the differences of the components, so that rounding neither hides a difference nor makes one.
  const minus = (side: "positive" | "negative") => combination([first[side], second[side]], [1, -1]);
  const apart = { positive: minus("positive"), negative: minus("negative") };
  const difference = areaOf(apart);
  const standardError = Math.sqrt(delongCovariance(apart, apart));
  const z = standardError === 0 && difference === 0 ? 0 : difference / standardError;
  return { difference, standardError, z, p: normalTwoSided(z), low: difference - half * standardError, high: difference + half * standardError };
}

/**
 * Two independent sets of cases: difference of their areas with Welch's degrees of freedom, as pROC tests it. Where neither varies p is 1 or 0.
 *
 * @throws RangeError as `delongInterval`.
 */
export function delongUnpaired(
  a: { readonly labels: Numbers; readonly scores: Numbers },
  b: { readonly labels: Numbers; readonly scores: Numbers },
  options: Confidence = {},
): AreaDifference & { readonly t: number; readonly degreesOfFreedom: number } {
  requireKnownKeys("delongUnpaired", options, { confidence: true });
  const { confidence = 0.95 } = options;
  const [first, second] = [delongInterval(a.labels, a.scores), delongInterval(b.labels, b.scores)];
  const [va, vb] = [first.standardError ** 2, second.standardError ** 2];
  const difference = first.auroc - second.auroc;
  const standardError = Math.sqrt(va + vb);
  // Two curves without variance, both perfect say, leave 0/0: then nothing but the difference speaks.
  const degreesOfFreedom = standardError === 0 ? Infinity : (va + vb) ** 2 / (va ** 2 / (a.labels.length - 1) + vb ** 2 / (b.labels.length - 1));
  const half = studentHalfWidth(checkConfidence(confidence), degreesOfFreedom) * standardError;
  const t = standardError === 0 && difference === 0 ? 0 : difference / standardError;
  return { difference, standardError, t, degreesOfFreedom, p: studentTwoSided(t, degreesOfFreedom), low: difference - half, high: difference + half };
}
