import { calibrate, deciles, fitPlatt, type PlattCalibrator, type RankReference, type ScoreScale } from "@mammo/ensemble";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { type CutOptions, fitCuts } from "../calibration/fitCuts.ts";
import { referenceOf } from "../calibration/referenceOf.ts";
import { groupBy } from "../groupBy.ts";
import type { BreastPrediction } from "./predictViews.ts";

/** How the scale is cut. */
export interface CalibrateOnValidationOptions extends Pick<CutOptions, "scale" | "prevalence"> {
  readonly cohortSha256: string;
}

/**
 * Platt's calibration on validation breasts, then deciles of the validation patients as the 1-10 scale, or one anchored on their risk. Patients who are too few for it get the next simpler scale, whose name says so: under
 * ten have no deciles but equal steps of probability, under 50 or with one class alone no risk but deciles. The reference is what other devices' scores are aligned to. The prevalence is the share of cancers among the breasts that the calibrator was fitted on.
 */
export function calibrateOnValidation(
  validation: readonly BreastPrediction[],
  options: CalibrateOnValidationOptions,
): {
  readonly calibrator: PlattCalibrator;
  readonly scale: ScoreScale;
  readonly reference?: RankReference;
  readonly prevalence: number;
} {
  requireKnownKeys("calibrateOnValidation", options, { cohortSha256: true, scale: true, prevalence: true });
  const { cohortSha256: sha256, ...cuts } = options;
  const known = validation.filter(({ cancer }) => cancer !== undefined);
  const calibrator = fitPlatt(
    known.map(({ logit }) => logit),
    known.map(({ cancer }) => cancer!),
  );
  const prevalence = known.filter(({ cancer }) => cancer === 1).length / known.length;
  const reference = referenceOf(known, { calibrator, sha256 });
  const scale = scaleOf(patientProbabilities(validation, calibrator), validation, { ...cuts, sha256 });
  return { calibrator, prevalence, scale, ...(reference && { reference }) };
}

const patients = "the validation patients";

function scaleOf(probabilityOf: ReadonlyMap<string, number>, breasts: readonly BreastPrediction[], cuts: CutOptions): ScoreScale {
  const ids = [...probabilityOf.keys()];
  if (ids.length < 10) return { name: `equal steps of probability: ${ids.length} validation patients are too few for deciles`, cuts: deciles };
  const ill = new Set(breasts.flatMap(({ patientId, cancer }) => (cancer === 1 ? [patientId] : [])));
  const cases = { probabilities: [...probabilityOf.values()], labels: ids.map((id) => Number(ill.has(id))) };
  if (cuts.scale !== "risk") return fitCuts(patients, cases, cuts);
  try {
    return fitCuts(patients, cases, cuts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // A training is not lost for its scale.
    const found = fitCuts(patients, cases, { sha256: cuts.sha256 });
    return { ...found, name: `${found.name}: ${ids.length} with ${ill.size} cancers have no scale of risk` };
  }
}

/** Patient -> probability: that of her highest breast. */
export function patientProbabilities(breasts: readonly BreastPrediction[], calibrator: PlattCalibrator): Map<string, number> {
  const patients = groupBy(breasts, ({ patientId }) => patientId);
  return new Map([...patients].map(([id, both]) => [id, minMax(both.map(({ logit }) => calibrate(calibrator, logit)))[1]]));
}
