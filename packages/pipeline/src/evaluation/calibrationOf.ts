import { brierScore, calibrationError, calibrationSlope } from "@mammo/metrics";
import { calibrationBins } from "./calibrationBins.ts";
import type { NumberedClusters } from "./numberClusters.ts";

/** Whether scores can be probabilities. */
export const areProbabilities = (values: readonly number[]): boolean => values.every((value) => value >= 0 && value <= 1);

/** How well probabilities are calibrated; undefined where scores are none. */
export function calibrationOf(labels: readonly number[], values: readonly number[], { of }: NumberedClusters) {
  if (!areProbabilities(values)) return undefined;
  return {
    brier: brierScore(labels, values),
    ...calibrationSlope(labels, values),
    error: { bins: 10, strategy: "quantile", ...calibrationError(labels, values, { bins: 10, strategy: "quantile" }) },
    bins: calibrationBins(labels, values, of),
  };
}
