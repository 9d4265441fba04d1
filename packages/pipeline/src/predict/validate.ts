import { auroc, partialAuroc, rocCurve, specificityAt } from "@mammo/metrics";
import type { BreastPrediction } from "./predictViews.ts";

/** The challenge's three scores, by breast. */
export interface ValidationMetrics {
  readonly breasts: number;
  readonly cancers: number;
  readonly auroc: number;
  /** Over sensitivity [0.8, 1], not standardized: at most 0.2, chance 0.02. */
  readonly partialAuroc: number;
  readonly specificityAtSensitivity80: number;
}

/** Scores predictions against what is known of the breasts; those of unknown status do not count. */
export function validate(breasts: readonly BreastPrediction[]): ValidationMetrics {
  const known = breasts.filter(({ cancer }) => cancer !== undefined);
  const labels = known.map(({ cancer }) => cancer!);
  const scores = known.map(({ logit }) => logit);
  return {
    breasts: known.length,
    cancers: labels.filter((label) => label === 1).length,
    auroc: auroc(labels, scores),
    partialAuroc: partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }, { raw: true }),
    specificityAtSensitivity80: specificityAt(0.8, rocCurve(labels, scores)).specificity,
  };
}
