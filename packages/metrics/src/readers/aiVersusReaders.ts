import { type Numbers, rangeError } from "../cases/checkCases.ts";
import { studentHalfWidth, studentTwoSided } from "../distributions/student.ts";
import { checkConfidence } from "../intervals/checkConfidence.ts";
import { areaCovariance } from "./areaCovariance.ts";
import type { MrmcEstimate, MrmcOptions } from "./mrmc.ts";

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
  const J = readers.length;
  if (J < 2) throw rangeError("at least 2 readers", J);
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const { areas, covariance } = areaCovariance(labels, [ai, ...readers], options);
  const gaps = areas.slice(1).map((area) => areas[0]! - area);
  const estimate = gaps.reduce((sum, gap) => sum + gap, 0) / J;
  const spread = gaps.reduce((sum, gap) => sum + (gap - estimate) ** 2, 0) / (J - 1);
  let between = 0;
  for (let j = 1; j <= J; j++)
    for (let k = 1; k <= J; k++) if (j !== k) between += covariance[0]![0]! - covariance[0]![j]! - covariance[0]![k]! + covariance[j]![k]!;
  const sum = spread + J * Math.max(between / (J * (J - 1)), 0);
  const standardError = Math.sqrt(sum / J);
  const degreesOfFreedom = (sum / spread) ** 2 * (J - 1);
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
