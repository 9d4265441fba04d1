import { requireKnownKeys } from "@mammo/mammogram";
import type { IsotonicCalibrator } from "./calibrator.ts";
import { parseCalibrator } from "./parseCalibrator.ts";

/** So many times the range of the fitted scores to either side the curve goes on rising. */
const reach = 10;

/**
 * An isotonic curve that rises within its plateaus too, by next to nothing: cases keep the order of their raw scores, so that AUROC survives the calibration.
 *
 * Each probability moves by less than `tilt` (default 1e-6). Level only beyond ten times the range of the fitted scores; a curve of one knot has no range and
 * takes 1 for it.
 *
 * Source: ours. The problem is named in scikit-learn's notes on isotonic calibration ("introduces ties").
 *
 * @throws RangeError for a tilt outside [1e-12, 0.01], and what `parseCalibrator` throws.
 * @example const calibrator = breakTies(fitIsotonic(logits, labels));
 */
export function breakTies(calibrator: IsotonicCalibrator, options: { readonly tilt?: number } = {}): IsotonicCalibrator {
  requireKnownKeys("breakTies", options, { tilt: true });
  const { tilt = 1e-6 } = options;
  if (!(tilt >= 1e-12 && tilt <= 0.01)) throw new RangeError(`Expected tilt in [1e-12, 0.01], got ${tilt}`);
  parseCalibrator(calibrator);
  const [first, last] = [calibrator.scores[0]!, calibrator.scores.at(-1)!];
  const range = last - first || 1;
  const [low, high] = [first - reach * range, last + reach * range];
  if (!(high - low < Infinity)) throw new RangeError(`Expected scores of a finite range, got ${first} to ${last}`);
  const knots = [
    { score: low, probability: calibrator.probabilities[0]! },
    ...calibrator.scores.map((score, i) => ({ score, probability: calibrator.probabilities[i]! })),
    { score: high, probability: calibrator.probabilities.at(-1)! },
  ];
  return {
    kind: "isotonic",
    scores: knots.map(({ score }) => score),
    // A mean of the curve and a straight line from 0 to 1: stays in [0, 1] and rises as the line does.
    probabilities: knots.map(({ score, probability }) => probability * (1 - tilt) + tilt * ((score - low) / (high - low))),
  };
}
