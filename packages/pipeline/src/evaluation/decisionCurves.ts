import { shiftPrevalence } from "@mammo/ensemble";
import { netBenefit, prevalenceOf } from "@mammo/metrics";
import { areProbabilities } from "./calibrationOf.ts";
import type { Cases } from "./joinCases.ts";

/** Net benefit of each model whose scores are probabilities, all shifted to one prevalence as if they were calibrated on these cases. */
export function decisionCurves({ labels, models }: Cases, { prevalence }: { readonly prevalence: number }) {
  const shift = { from: prevalenceOf(labels), to: prevalence };
  const thresholds = thresholdsFor(prevalence);
  return models
    .filter(({ values }) => areProbabilities(values))
    .map(({ name, values }) => ({
      name,
      curve: netBenefit(
        labels,
        values.map((value) => shiftPrevalence(value, shift)),
        { prevalence, thresholds },
      ),
    }));
}

/** Sixty thresholds up to six times the prevalence, all below 1. */
const thresholdsFor = (prevalence: number) => Array.from({ length: 60 }, (_, k) => Math.min(((k + 1) * prevalence) / 10, (k + 1) / 61));
