import { checkArray, type Numbers, rangeError } from "../cases/checkCases.ts";
import { studentHalfWidth, studentTwoSided } from "../distributions/student.ts";
import { checkConfidence } from "../intervals/checkConfidence.ts";
import { average, deviations, settled, squares } from "../intervals/rounding.ts";
import { areaEstimates } from "./areaEstimates.ts";
import { type MrmcEstimate, type MrmcOptions, satterthwaite } from "./mrmc.ts";

/**
 * One algorithm against the mean of several readers of the same cases: area of the algorithm minus mean area of the readers.
 *
 * Readers and cases are random: the single-treatment analysis of Obuchowski and Rockette (Hillis 2005) of the differences
 * "algorithm - reader", whose covariances follow from those of the areas. Ours in this form.
 *
 * @throws RangeError for fewer than two readers and as `auroc` does.
 * @example aiVersusReaders(labels, model, radiologists, { covariance: "jackknife", clusters: women }).difference.low;
 */
export function aiVersusReaders(
  labels: Numbers,
  ai: Numbers,
  readers: readonly Numbers[],
  options: MrmcOptions = {},
): { readonly ai: number; readonly readers: number; readonly difference: MrmcEstimate; readonly degreesOfFreedom: number; readonly p: number } {
  checkArray(readers, "readers");
  const J = readers.length;
  if (J < 2) throw rangeError("at least 2 readers", J);
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const { areas, covariance } = areaEstimates(labels, [ai, ...readers], options);
  const gaps = areas.slice(1).map((area) => areas[0]! - area);
  const estimate = settled(average(gaps), areas[0]!);
  const spread = squares(deviations(areas.slice(1))) / (J - 1);
  // Of the algorithm less one reader, and less all: what the variance of the sum has more than the sum of the variances is covariance.
  const varianceOf = (coefficients: readonly number[]) => covariance(coefficients, coefficients);
  const each = readers.map((_, j) => varianceOf([1, ...readers.map((__, k) => (k === j ? -1 : 0))])).reduce((sum, value) => sum + value, 0);
  const between = varianceOf([J, ...readers.map(() => -1)]) - each;
  const sum = spread + J * Math.max(between / (J * (J - 1)), 0);
  const standardError = Math.sqrt(sum / J);
  const degreesOfFreedom = satterthwaite(sum, spread, J - 1);
  const half = standardError === 0 ? 0 : studentHalfWidth(confidence, degreesOfFreedom) * standardError;
  return {
    ai: areas[0]!,
    readers: areas[0]! - estimate,
    difference: { estimate, standardError, low: estimate - half, high: estimate + half },
    degreesOfFreedom,
    // An algorithm that equals every reader leaves 0/0: nothing speaks against equality.
    p: standardError === 0 && estimate === 0 ? 1 : studentTwoSided(estimate / standardError, degreesOfFreedom),
  };
}
