import { requireKnownKeys } from "@mammo/mammogram";
import { interpolatedSensitivityAt } from "../roc/operatingPoint.ts";
import type { RocBootstrapOptions, ScoredCases } from "./bootstrapRoc.ts";
import { bootstrapRoc } from "./bootstrapRoc.ts";

/** Pointwise interval of the sensitivity at each of some false positive rates. */
export interface RocBand {
  readonly falsePositiveRate: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Bootstrap band around a ROC curve at 0, 1/points ... 1 false positive rate, pointwise, clustered as `bootstrapRoc`; for `rocPlot`. */
export function rocBand(cases: ScoredCases, options: RocBootstrapOptions & { readonly points?: number }): RocBand {
  requireKnownKeys("rocBand", options, { method: true, stratified: true, seed: true, resamples: true, confidence: true, points: true });
  const { points = 50, ...drawing } = options;
  if (!(Number.isInteger(points) && points >= 1)) throw new RangeError(`Expected points to be a whole number >= 1, got ${points}`);
  const rates = Float64Array.from({ length: points + 1 }, (_, k) => k / points);
  const statistics = Object.fromEntries(
    Array.from(rates, (rate, k) => [k, (curve: Parameters<typeof interpolatedSensitivityAt>[1]) => interpolatedSensitivityAt(1 - rate, curve)]),
  );
  const found = bootstrapRoc(cases, statistics, drawing);
  return { falsePositiveRate: rates, low: rates.map((_, k) => found[k]!.low), high: rates.map((_, k) => found[k]!.high) };
}
