import { keyedRandom, requireKnownKeys } from "@mammo/mammogram";
import { checkCases, type Numbers } from "../cases/checkCases.ts";
import { type ClusterNames, numberClusters } from "../cases/clusters.ts";
import { ranks } from "../cases/ranks.ts";
import { areaUnder } from "../roc/areaUnder.ts";
import { type CurveStatistic, rocCurve } from "../roc/rocCurve.ts";
import { checkResamples } from "./bootstrap.ts";

/** What is compared, how often the two scores are exchanged, and which rows are exchanged together. */
export interface PermutationOptions {
  readonly seed: number;
  /** How many permutations; default 2000. */
  readonly resamples?: number;
  /** What is compared; default the whole area. */
  readonly statistic?: CurveStatistic;
  /** Whom each row belongs to: all rows of a cluster are exchanged together. */
  readonly clusters?: ClusterNames;
}

/**
 * Paired permutation test of two scores of the same cases (Bandos, Rockette and Gur 2005): both are turned into ranks, then exchanged at random.
 *
 * p = (1 + permutations at least as far from 0) / (1 + permutations), two-sided. NaN when a class is absent.
 *
 * @throws RangeError as `auroc` does, for fewer than two clusters and for resamples < 1.
 * @example permutationTest(labels, model, reader, { seed: 1, clusters: women }).p;
 */
export function permutationTest(
  labels: Numbers,
  a: Numbers,
  b: Numbers,
  options: PermutationOptions,
): { readonly difference: number; readonly p: number } {
  requireKnownKeys("permutationTest", options, { seed: true, resamples: true, statistic: true, clusters: true });
  const { seed, resamples = 2000, statistic = areaUnder, clusters } = options;
  checkCases(labels, a, undefined, "a");
  checkCases(labels, b, undefined, "b");
  const { of, count } = numberClusters(labels.length, clusters);
  checkResamples({ groups: count, resamples, seed });
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const gap = (x: Float64Array, y: Float64Array) => statistic(rocCurve(labels, x)) - statistic(rocCurve(labels, y));
  const difference = gap(ranksA, ranksB);
  if (Number.isNaN(difference)) return { difference, p: NaN };
  const random = keyedRandom(seed, "permutation");
  let far = 1;
  for (let r = 0; r < resamples; r++) {
    const swap = Uint8Array.from({ length: count }, () => random.below(2));
    const x = ranksA.map((rank, i) => (swap[of[i]!] === 1 ? ranksB[i]! : rank));
    const y = ranksB.map((rank, i) => (swap[of[i]!] === 1 ? ranksA[i]! : rank));
    // Equal up to rounding counts as equal: otherwise a tie would be decided by the order of a sum.
    if (Math.abs(gap(x, y)) >= Math.abs(difference) - 1e-12) far++;
  }
  return { difference, p: far / (1 + resamples) };
}
