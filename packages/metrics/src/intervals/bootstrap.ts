import { keyedRandom, quantile, requireKnownKeys, sortedNumbers } from "@mammo/mammogram";
import { rangeError } from "../cases/checkCases.ts";
import { type ClusterNames, numberClusters } from "../cases/clusters.ts";
import { checkConfidence } from "./checkConfidence.ts";

/** Seed, number and width: what each bootstrap needs to know. */
export interface BootstrapOptions {
  /** Whole number in [0, 2^32): the same seed gives the same interval on every platform. */
  readonly seed: number;
  /** How many resamples; default 2000. */
  readonly resamples?: number;
  /** Share of the interval; default 0.95. */
  readonly confidence?: number;
}

/**
 * Percentile interval of any statistic of the resampled rows (Efron 1979): `statistic` gets the indices of a resample, as long as it turns out.
 *
 * With `clusters`, whole clusters are drawn, so that the rows of one woman stay together. Resamples whose statistic is NaN are left out.
 * For ROC statistics see `bootstrapRoc`, which is far faster.
 *
 * @throws RangeError for fewer than two clusters, resamples < 1, confidence outside (0, 1), a bad seed.
 * @example bootstrap(values.length, (sample) => mean(sample.map((i) => values[i])), { seed: 1 });
 */
export function bootstrap(
  count: number,
  statistic: (sample: Int32Array) => number,
  options: BootstrapOptions & { readonly clusters?: ClusterNames },
): { readonly low: number; readonly high: number; readonly standardError: number } {
  requireKnownKeys("bootstrap", options, { seed: true, resamples: true, confidence: true, clusters: true });
  const { seed, resamples = 2000, confidence = 0.95, clusters } = options;
  if (!(Number.isInteger(count) && count >= 0)) throw rangeError("count to be a whole number >= 0", count);
  const { of, count: groups } = numberClusters(count, clusters);
  checkResamples({ groups, resamples, seed });
  const members: number[][] = Array.from({ length: groups }, () => []);
  for (let row = 0; row < count; row++) members[of[row]!]!.push(row);
  const random = keyedRandom(seed, "bootstrap");
  const found = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    const sample: number[] = [];
    for (let k = 0; k < groups; k++) for (const row of members[random.below(groups)]!) sample.push(row);
    found[r] = statistic(Int32Array.from(sample));
  }
  return percentileInterval(found, confidence);
}

/** @throws RangeError unless there are two clusters to draw from, at least one resample is wanted and the seed is a whole number in [0, 2^32). */
export function checkResamples({ groups, resamples, seed }: { readonly groups: number; readonly resamples: number; readonly seed: number }): void {
  if (groups < 2) throw rangeError("at least 2 clusters to draw from", groups);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) throw rangeError("seed to be a whole number in [0, 2^32)", seed);
  if (!(Number.isInteger(resamples) && resamples >= 1)) throw rangeError("resamples to be a whole number >= 1", resamples);
}

/** The middle `confidence` of the replicates and their standard deviation; NaN replicates are left out. */
export function percentileInterval(replicates: Float64Array, confidence: number) {
  const sorted = sortedNumbers(replicates);
  const tail = (1 - checkConfidence(confidence)) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), standardError: standardDeviation(sorted) };
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
