import { poolAdjacentViolators } from "@mammo/mammogram";
import { checkLabeled } from "../checkLabeled.ts";
import type { IsotonicCalibrator } from "./calibrator.ts";
import { tiedScores } from "./tiedScores.ts";

/**
 * Fits the never-falling step curve nearest to the labels (least squares), linear between its knots.
 *
 * scores: any finite numbers; labels: 0 or 1. Equal scores are merged first. Within a plateau the order of cases is lost:
 * compute rank metrics on the raw score, or make the curve rise by `breakTies`. With far fewer than 1000 cases prefer `fitPlatt`.
 * Source: re-implementation of isotonic regression with scikit-learn's conventions for ties and knots.
 *
 * @throws RangeError for unequal lengths, no cases, scores that are not finite, labels other than 0 and 1.
 * @example fitIsotonic([1, 2, 3, 4], [0, 1, 0, 1]); // scores [1, 2, 3, 4], probabilities [0, 0.5, 0.5, 1]
 */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): IsotonicCalibrator {
  checkLabeled(scores, labels);
  const { distinct, positives, counts } = tiedScores(scores, labels);
  const knots: { score: number; probability: number }[] = [];
  let first = 0;
  for (const { end, mean } of poolAdjacentViolators(positives, counts)) {
    // A plateau needs its two ends only.
    for (const place of new Set([first, end - 1])) knots.push({ score: distinct[place]!, probability: mean });
    first = end;
  }
  return { kind: "isotonic", scores: knots.map(({ score }) => score), probabilities: knots.map(({ probability }) => probability) };
}
