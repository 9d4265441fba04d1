import { calibrate, deciles, fitPlatt, fitScale, type PlattCalibrator, type ScoreScale } from "@mammo/ensemble";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { groupBy } from "../groupBy.ts";
import type { BreastPrediction } from "./predictViews.ts";

/**
 * Platt's calibration on validation breasts, then deciles of the validation patients as the 1-10 scale. Under ten patients have no deciles: equal steps of
 * probability then, and the scale's name says so. The prevalence is the share of cancers among the breasts that the calibrator was fitted on.
 */
export function calibrateOnValidation(
  validation: readonly BreastPrediction[],
  options: { readonly cohortSha256: string },
): { readonly calibrator: PlattCalibrator; readonly scale: ScoreScale; readonly prevalence: number } {
  requireKnownKeys("calibrateOnValidation", options, { cohortSha256: true });
  const { cohortSha256 } = options;
  const known = validation.filter(({ cancer }) => cancer !== undefined);
  const calibrator = fitPlatt(
    known.map(({ logit }) => logit),
    known.map(({ cancer }) => cancer!),
  );
  const prevalence = known.filter(({ cancer }) => cancer === 1).length / known.length;
  const exams = [...patientProbabilities(validation, calibrator).values()];
  if (exams.length < 10)
    return {
      calibrator,
      prevalence,
      scale: { name: `equal steps of probability: ${exams.length} validation patients are too few for deciles`, cuts: deciles },
    };
  return { calibrator, prevalence, scale: fitScale("deciles of the validation patients", exams, { sha256: cohortSha256 }) };
}

/** Patient -> probability: that of her highest breast. */
export function patientProbabilities(breasts: readonly BreastPrediction[], calibrator: PlattCalibrator): Map<string, number> {
  const patients = groupBy(breasts, ({ patientId }) => patientId);
  return new Map([...patients].map(([id, both]) => [id, minMax(both.map(({ logit }) => calibrate(calibrator, logit)))[1]]));
}
