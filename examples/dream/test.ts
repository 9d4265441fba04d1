// The last word: women whom no stage has seen, scored once, with intervals by woman.
import { join } from "node:path";
import { calibrate, fitPlatt, fitScale, type PlattCalibrator, type ScoreScale, tenths } from "@mammo/ensemble";
import { areaUnder, bootstrapRoc, partialAreaUnder, specificityAt } from "@mammo/metrics";
import { writeWhole } from "../shared/files.ts";
import { groupBy } from "../shared/groupBy.ts";
import type { BreastAnswer } from "./judge.ts";

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Breast level, 95 % percentile intervals of a bootstrap by woman. */
export interface TestMetrics {
  readonly women: number;
  readonly breasts: number;
  readonly cancers: number;
  readonly auroc: Interval;
  /** Over sensitivity [0.8, 1]: the challenge's own (at most 0.2, chance 0.02) … */
  readonly partialAurocRaw: Interval;
  /** … and after McClish (0.5 chance, 1 perfect). */
  readonly partialAurocMcClish: Interval;
  readonly specificityAtSensitivity80: Interval;
}

const part = { minTruePositiveRate: 0.8 } as const;

export function testMetrics(breasts: readonly BreastAnswer[], seed: number): TestMetrics {
  const labels = breasts.map(({ cancer }) => cancer!);
  const cases = { labels, scores: breasts.map(({ logit }) => logit), clusters: breasts.map(({ woman }) => woman) };
  const found = bootstrapRoc(
    cases,
    {
      auroc: areaUnder,
      partialAurocRaw: (curve) => partialAreaUnder(curve, part, { raw: true }),
      partialAurocMcClish: (curve) => partialAreaUnder(curve, part),
      specificityAtSensitivity80: (curve) => specificityAt(0.8, curve).specificity,
    },
    { seed },
  );
  const interval = (name: keyof typeof found): Interval => ({ estimate: found[name].estimate, low: found[name].low, high: found[name].high });
  return {
    women: new Set(cases.clusters).size,
    breasts: labels.length,
    cancers: labels.filter((label) => label === 1).length,
    auroc: interval("auroc"),
    partialAurocRaw: interval("partialAurocRaw"),
    partialAurocMcClish: interval("partialAurocMcClish"),
    specificityAtSensitivity80: interval("specificityAtSensitivity80"),
  };
}

/**
 * Platt on the validation breasts, then tenths of the validation women as the 1-10 scale. Under ten women have no tenths: equal
 * steps of probability then, and the scale's name says so.
 */
export function fitToValidation(
  validation: readonly BreastAnswer[],
  cohortSha256: string,
): { readonly calibrator: PlattCalibrator; readonly scale: ScoreScale } {
  const known = validation.filter(({ cancer }) => cancer !== undefined);
  const calibrator = fitPlatt(
    known.map(({ logit }) => logit),
    known.map(({ cancer }) => cancer!),
  );
  const exams = [...examProbabilities(validation, calibrator).values()];
  if (exams.length < 10)
    return { calibrator, scale: { name: `tenths of the probability: ${exams.length} validation women are too few for quantiles`, cuts: tenths } };
  return { calibrator, scale: fitScale("tenths of the validation women", exams, { sha256: cohortSha256 }) };
}

/** Woman -> probability: her highest breast. */
function examProbabilities(breasts: readonly BreastAnswer[], calibrator: PlattCalibrator): Map<string, number> {
  const women = groupBy(breasts, ({ woman }) => woman);
  return new Map([...women].map(([woman, both]) => [woman, Math.max(...both.map(({ logit }) => calibrate(calibrator, logit)))]));
}

/** predictions.tsv, predictions_exams.tsv (the challenge's forms) and labels.tsv, which `npm run evaluate` takes. */
export async function writePredictions(out: string, breasts: readonly BreastAnswer[], calibrator: PlattCalibrator): Promise<void> {
  const tsv = (rows: readonly (readonly (string | number)[])[]) => `${rows.map((row) => row.join("\t")).join("\n")}\n`;
  await writeWhole(
    join(out, "predictions.tsv"),
    tsv([
      ["subjectId", "laterality", "confidence"],
      ...breasts.map(({ woman, laterality, logit }) => [woman, laterality, calibrate(calibrator, logit)]),
    ]),
  );
  await writeWhole(join(out, "predictions_exams.tsv"), tsv([["subjectId", "confidence"], ...examProbabilities(breasts, calibrator)]));
  const known = breasts.filter(({ cancer }) => cancer !== undefined);
  await writeWhole(
    join(out, "labels.tsv"),
    tsv([["subjectId", "laterality", "cancer"], ...known.map(({ woman, laterality, cancer }) => [woman, laterality, cancer!])]),
  );
}
