import { requireKnownKeys } from "@mammo/mammogram";
import type { Numbers, Weighted } from "../cases/checkCases.ts";
import { type PartialAreaOptions, partialAreaUnder, type RocPart } from "./areaUnder.ts";
import { rocCurve } from "./rocCurve.ts";

/**
 * Area over part of the ROC curve, standardized after McClish (1989) unless `raw`.
 *
 * - `{ maxFalsePositiveRate: f }` or `{ specificity: [low, high] }`: sensitivity integrated over false positive rate.
 *   Raw: f is perfect, f²/2 chance. Standardized it is scikit-learn's `max_fpr`.
 * - `{ minTruePositiveRate: s }` or `{ sensitivity: [low, high] }`: specificity integrated over sensitivity.
 *   Raw: 1 - s is perfect, (1 - s)²/2 chance. The DREAM challenge's score is this with s = 0.8, raw (documented): 0.2 perfect, 0.02 chance.
 *
 * Standardized: 0.5 is chance, 1 perfect; below chance it falls under 0.5 (pROC gives NA there). Always say with the number which one it is.
 * NaN when a class is absent.
 *
 * @throws RangeError for a bound outside its range, and as `rocCurve` does.
 * @example partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }, { raw: true });
 */
export function partialAuroc(labels: Numbers, scores: Numbers, part: RocPart, options: PartialAreaOptions & Weighted = {}): number {
  requireKnownKeys("partialAuroc", options, { raw: true, weights: true });
  const { raw, weights } = options;
  return partialAreaUnder(rocCurve(labels, scores, { weights }), part, { raw });
}
