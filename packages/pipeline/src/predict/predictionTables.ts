import { calibrate, type PlattCalibrator, sigmoid } from "@mammo/ensemble";
import { formatDelimited } from "@mammo/files";
import { patientProbabilities } from "./calibrateOnValidation.ts";
import type { BreastPrediction } from "./predictViews.ts";

/**
 * The files predictions.tsv, predictions_exams.tsv (the challenge's forms) and labels.tsv, which `npm run evaluate` takes, by name. `confidence` is the calibrated probability; behind the challenge's columns
 * predictions.tsv has the uncalibrated `logit` and its `probability`: by the logit the breasts keep the order that the run's own numbers are of.
 */
export function predictionTables(breasts: readonly BreastPrediction[], calibrator: PlattCalibrator): Readonly<Record<string, string>> {
  const known = breasts.filter(({ cancer }) => cancer !== undefined);
  return {
    "predictions.tsv": tsv([
      ["subjectId", "laterality", "confidence", "logit", "probability"],
      ...breasts.map(({ patientId, laterality, logit }) => [patientId, laterality, calibrate(calibrator, logit), logit, sigmoid(logit)]),
    ]),
    "predictions_exams.tsv": tsv([["subjectId", "confidence"], ...patientProbabilities(breasts, calibrator)]),
    "labels.tsv": tsv([["subjectId", "laterality", "cancer"], ...known.map(({ patientId, laterality, cancer }) => [patientId, laterality, cancer!])]),
  };
}

/** The file members.tsv: of each breast the logit of each member by itself, a column each, which `npm run evaluate -- members.tsv labels.tsv --score NAME` takes. */
export function memberTable(
  members: readonly { readonly name: string }[],
  breasts: readonly (readonly BreastPrediction[])[],
): Readonly<Record<string, string>> {
  const rows = breasts[0]!.map(({ patientId, laterality }, index) => [patientId, laterality, ...breasts.map((own) => own[index]!.logit)]);
  return { "members.tsv": tsv([["subjectId", "laterality", ...members.map(({ name }) => name)], ...rows]) };
}

const tsv = (rows: readonly (readonly (string | number)[])[]) => formatDelimited(rows, { separator: "\t" });
