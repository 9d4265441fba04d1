import { requireKnownKeys } from "@mammo/mammogram";
import type { Numbers } from "../cases/checkCases.ts";
import { areaEstimates, type CovarianceOptions } from "./areaEstimates.ts";

/** Areas of several scores of the same cases, and how they vary together. */
export interface AreaCovariance {
  readonly areas: readonly number[];
  /** Symmetric, one row for each score. */
  readonly covariance: readonly (readonly number[])[];
}

/**
 * Areas of several scores of the same cases with their covariance matrix.
 *
 * NaN where a class has fewer than two cases.
 *
 * @throws RangeError as `auroc` does.
 */
export function areaCovariance(labels: Numbers, scores: readonly Numbers[], options: CovarianceOptions = {}): AreaCovariance {
  requireKnownKeys("areaCovariance", options, { covariance: true });
  const { areas, covariance } = areaEstimates(labels, scores, options);
  const single = areas.map((_, k) => areas.map((__, l) => (k === l ? 1 : 0)));
  const rows: number[][] = areas.map(() => []);
  for (let a = 0; a < areas.length; a++) for (let b = 0; b <= a; b++) rows[a]![b] = rows[b]![a] = covariance(single[a]!, single[b]!);
  return { areas, covariance: rows };
}
