import { keyedRandom, requireKnownKeys } from "@mammo/mammogram";
import { checkCases, type Numbers, rangeError } from "../cases/checkCases.ts";
import { type ClusterNames, type Clusters, numberClusters, strataOf } from "../cases/clusters.ts";
import { curveOfCounts } from "../roc/curveOfCounts.ts";
import type { CurveStatistic, RocCurve } from "../roc/rocCurve.ts";
import { acceleration, bcaInterval } from "./bca.ts";
import { type BootstrapOptions, checkResamples, percentileInterval } from "./bootstrap.ts";
import { checkConfidence } from "./checkConfidence.ts";

/** Scored cases, and whose they are. */
export interface ScoredCases {
  /** 0 or 1. */
  readonly labels: Numbers;
  /** Finite, higher means more suspicious. */
  readonly scores: Numbers;
  /** Whom each row belongs to (woman, exam, case): rows of one cluster are drawn together. Left out, each row stands alone. */
  readonly clusters?: ClusterNames;
}

/** How clusters are drawn, and how replicates become an interval. */
export interface RocBootstrapOptions extends BootstrapOptions {
  /** `"percentile"` (default) or `"bca"`, bias-corrected and accelerated (Efron 1987), which also leaves each cluster out once. */
  readonly method?: "percentile" | "bca";
  /** True: clusters with a positive row are drawn apart from those without, so their numbers stay fixed. Default false. */
  readonly stratified?: boolean;
}

export const rocBootstrapOptionNames = { method: true, stratified: true, seed: true, resamples: true, confidence: true } satisfies Record<
  keyof RocBootstrapOptions,
  true
>;

/** An estimate with its bootstrap interval. */
export interface BootstrapEstimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Standard deviation of the replicates. */
  readonly standardError: number;
  /** The statistic in each resample; NaN where a resample lacked a class. Same seed and cases: replicates of two scores are paired. */
  readonly replicates: Float64Array;
  /** Resamples whose statistic is undefined; the interval is of the others. */
  readonly undefinedResamples: number;
  /** Which draws these were: two estimates are paired only when this is equal. */
  readonly draws: string;
}

/**
 * Bootstrap intervals of ROC statistics, whole clusters drawn with replacement (Field and Welsh 2007): in screening, by woman.
 *
 * Scores are sorted once; each resample is one pass over them. Same seed, same numbers, on every platform.
 *
 * @throws RangeError as `rocCurve` does, for fewer than two clusters, and for options out of range.
 * @example
 * const { auroc } = bootstrapRoc({ labels, scores, clusters: women }, { auroc: areaUnder }, { seed: 1 });
 * console.log(auroc.estimate, auroc.low, auroc.high);
 */
export function bootstrapRoc<Name extends string>(
  cases: ScoredCases,
  statistics: Readonly<Record<Name, CurveStatistic>>,
  options: RocBootstrapOptions,
): Readonly<Record<Name, BootstrapEstimate>> {
  requireKnownKeys("bootstrapRoc", options, rocBootstrapOptionNames);
  return resampledRoc(cases, statistics, options, { once: false });
}

/**
 * The DREAM challenge's own interval, for comparison with its published numbers only: it drew subject ids with replacement and then
 * asked "is the subject among them", so each resample holds some 63 % of the women, each once, and intervals come out too narrow (documented).
 *
 * Parameters and errors as for `bootstrapRoc`, percentile only.
 */
export function dreamCompat<Name extends string>(
  cases: ScoredCases,
  statistics: Readonly<Record<Name, CurveStatistic>>,
  options: BootstrapOptions,
): Readonly<Record<Name, BootstrapEstimate>> {
  requireKnownKeys("dreamCompat", options, { seed: true, resamples: true, confidence: true });
  return resampledRoc(cases, statistics, { ...options, method: "percentile", stratified: false }, { once: true });
}

function resampledRoc<Name extends string>(
  { labels, scores, clusters: names }: ScoredCases,
  statistics: Readonly<Record<Name, CurveStatistic>>,
  { seed, resamples = 2000, confidence = 0.95, method = "percentile", stratified = false }: RocBootstrapOptions,
  { once }: { readonly once: boolean },
): Readonly<Record<Name, BootstrapEstimate>> {
  checkCases(labels, scores);
  const clusters = numberClusters(labels.length, names);
  checkResamples({ groups: clusters.count, resamples, seed });
  checkConfidence(confidence);
  if (method !== "percentile" && method !== "bca") throw rangeError("method percentile or bca", method);
  const curveOf = curveOfCounts(labels, scores, clusters);
  const list = Object.entries<CurveStatistic>(statistics);
  const draws = `seed ${seed}, ${resamples} resamples of ${clusters.count} clusters${stratified ? ", stratified" : ""}${once ? ", dreamCompat" : ""}`;
  const whole = curveOf(new Int32Array(clusters.count).fill(1));
  const replicates = list.map(() => new Float64Array(resamples));
  const draw = drawer(clusters, strataOf(clusters, labels, stratified), seed);
  for (let r = 0; r < resamples; r++) {
    const counts = draw();
    if (once) for (let c = 0; c < counts.length; c++) counts[c] = Math.min(counts[c]!, 1);
    const curve = curveOf(counts);
    list.forEach(([, statistic], s) => {
      replicates[s]![r] = statistic(curve);
    });
  }
  const accelerations = method === "bca" ? leaveOneOut(clusters, curveOf, list).map(acceleration) : [];
  const estimates = list.map(([name, statistic], s): [string, BootstrapEstimate] => {
    const estimate = statistic(whole);
    const found = replicates[s]!;
    const percentile = percentileInterval(found, confidence);
    const interval =
      method === "bca" ? { ...percentile, ...bcaInterval(found, { estimate, acceleration: accelerations[s]!, confidence }) } : percentile;
    return [name, { estimate, ...interval, replicates: found, undefinedResamples: found.filter(Number.isNaN).length, draws }];
  });
  return Object.fromEntries(estimates) as Record<Name, BootstrapEstimate>;
}

/** Draws as many clusters of each stratum as it has; gives back how often each was drawn, in one array that is used again. */
function drawer(clusters: Clusters, strata: readonly Int32Array[], seed: number): () => Int32Array {
  const random = keyedRandom(seed, "bootstrap");
  const counts = new Int32Array(clusters.count);
  return () => {
    counts.fill(0);
    for (const stratum of strata) for (let k = 0; k < stratum.length; k++) counts[stratum[random.below(stratum.length)]!]!++;
    return counts;
  };
}

function leaveOneOut(
  clusters: Clusters,
  curveOf: (counts: Int32Array) => RocCurve,
  list: readonly (readonly [string, CurveStatistic])[],
): Float64Array[] {
  const counts = new Int32Array(clusters.count).fill(1);
  const found = list.map(() => new Float64Array(clusters.count));
  for (let left = 0; left < clusters.count; left++) {
    counts[left] = 0;
    const curve = curveOf(counts);
    counts[left] = 1;
    list.forEach(([, statistic], s) => {
      found[s]![left] = statistic(curve);
    });
  }
  return found;
}
