// The last step: women whom no stage has seen, scored once, with intervals by woman.
import { requireKnownKeys } from "@mammo/mammogram";
import { areaUnder, bootstrapRoc, partialAreaUnder, specificityAt } from "@mammo/metrics";
import type { BreastPrediction } from "./predictViews.ts";

/** An estimate and its 95 % interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Of what says more than that: the estimate and its interval alone, as files hold them. */
export const intervalOf = ({ estimate, low, high }: Interval): Interval => ({ estimate, low, high });

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

/** The metrics of breasts whose status is known, all of them. */
export function evaluateTestSet(breasts: readonly BreastPrediction[], options: { readonly seed: number }): TestMetrics {
  requireKnownKeys("evaluateTestSet", options, { seed: true });
  const { seed } = options;
  const labels = breasts.map(({ cancer }) => cancer!);
  const cases = { labels, scores: breasts.map(({ logit }) => logit), clusters: breasts.map(({ patientId }) => patientId) };
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
  return {
    women: new Set(cases.clusters).size,
    breasts: labels.length,
    cancers: labels.filter((label) => label === 1).length,
    auroc: intervalOf(found.auroc),
    partialAurocRaw: intervalOf(found.partialAurocRaw),
    partialAurocMcClish: intervalOf(found.partialAurocMcClish),
    specificityAtSensitivity80: intervalOf(found.specificityAtSensitivity80),
  };
}
