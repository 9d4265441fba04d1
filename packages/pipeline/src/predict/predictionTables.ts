import { calibrate, type PlattCalibrator } from "@mammo/ensemble";
import { formatDelimited } from "@mammo/files";
import { patientProbabilities } from "./calibrateOnValidation.ts";
import type { BreastPrediction } from "./predictViews.ts";

/** The files predictions.tsv, predictions_exams.tsv (the challenge's forms) and labels.tsv, which `npm run evaluate` takes, by name. */
export function predictionTables(breasts: readonly BreastPrediction[], calibrator: PlattCalibrator): Readonly<Record<string, string>> {
  const tsv = (rows: readonly (readonly (string | number)[])[]) => formatDelimited(rows, { separator: "\t" });
  const known = breasts.filter(({ cancer }) => cancer !== undefined);
  return {
    "predictions.tsv": tsv([
      ["subjectId", "laterality", "confidence"],
      ...breasts.map(({ patientId, laterality, logit }) => [patientId, laterality, calibrate(calibrator, logit)]),
    ]),
    "predictions_exams.tsv": tsv([["subjectId", "confidence"], ...patientProbabilities(breasts, calibrator)]),
    "labels.tsv": tsv([["subjectId", "laterality", "cancer"], ...known.map(({ patientId, laterality, cancer }) => [patientId, laterality, cancer!])]),
  };
}
