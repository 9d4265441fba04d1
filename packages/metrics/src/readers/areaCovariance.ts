import { checkCases, type Numbers, rangeError } from "../cases/checkCases.ts";
import { type ClusterNames, numberClusters } from "../cases/clusters.ts";
import { delongCovariance } from "../intervals/delong.ts";
import { covariance, mean, placements } from "../intervals/placements.ts";
import { areaUnder } from "../roc/areaUnder.ts";
import { curveOfCounts } from "../roc/curveOfCounts.ts";
import type { CurveStatistic } from "../roc/rocCurve.ts";

/** How the covariances of areas on the same cases are estimated, and of which area. */
export type CovarianceOptions =
  | {
      /** `"delong"` (default): structural components. `"unbiased"`: U-statistics (Gallas 2006; Hillis 2018), which may be negative. */
      readonly covariance?: "delong" | "unbiased";
    }
  | {
      /** Leaves each case (or cluster) out once: works for any statistic of a curve and for clustered cases. */
      readonly covariance: "jackknife";
      /** Default the whole area. */
      readonly statistic?: CurveStatistic;
      readonly clusters?: ClusterNames;
    };

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
  if (scores.length === 0) throw rangeError("at least one list of scores", "none");
  for (const [k, list] of scores.entries()) checkCases(labels, list, undefined, `scores[${k}]`);
  return estimators[options.covariance ?? "delong"](labels, scores, options);
}

type Estimator = (labels: Numbers, scores: readonly Numbers[], options: CovarianceOptions) => AreaCovariance;

const estimators: Readonly<Record<"delong" | "unbiased" | "jackknife", Estimator>> = {
  delong(labels, scores) {
    const found = scores.map((list) => placements(labels, list));
    return {
      areas: found.map(({ positive }) => mean(positive)),
      covariance: matrix(scores.length, (a, b) => delongCovariance(found[a]!, found[b]!)),
    };
  },
  unbiased(labels, scores) {
    const found = scores.map((list) => placements(labels, list));
    const split = scores.map(
      (list) => [1, 0].map((side) => Float64Array.from(list).filter((_, i) => labels[i] === side)) as [Float64Array, Float64Array],
    );
    return {
      areas: found.map(({ positive }) => mean(positive)),
      covariance: matrix(scores.length, (a, b) => {
        const [m, n] = [found[a]!.positive.length, found[a]!.negative.length];
        if (m < 2 || n < 2) return NaN;
        const both = pairsWonByBoth(split[a]!, split[b]!) / (m * n);
        const product = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
        // Means of the product of two kernels that share both cases, the positive, the negative, neither.
        const samePositive = ((n * product(found[a]!.positive, found[b]!.positive)) / m - both) / (n - 1);
        const sameNegative = ((m * product(found[a]!.negative, found[b]!.negative)) / n - both) / (m - 1);
        const areas = mean(found[a]!.positive) * mean(found[b]!.positive);
        const neither = (m * n * areas - both - (n - 1) * samePositive - (m - 1) * sameNegative) / ((m - 1) * (n - 1));
        return areas - neither;
      }),
    };
  },
  jackknife(labels, scores, options) {
    const { statistic = areaUnder, clusters: names } = options as Extract<CovarianceOptions, { covariance: "jackknife" }>;
    const clusters = numberClusters(labels.length, names);
    const counts = new Int32Array(clusters.count).fill(1);
    const leftOut = scores.map((list) => {
      const curveOf = curveOfCounts(labels, list, clusters);
      const whole = statistic(curveOf(counts));
      const without = Float64Array.from(counts, (_, k) => {
        counts[k] = 0;
        const value = statistic(curveOf(counts));
        counts[k] = 1;
        return value;
      });
      return { whole, without };
    });
    const g = clusters.count;
    return {
      areas: leftOut.map(({ whole }) => whole),
      covariance: matrix(scores.length, (a, b) => ((g - 1) ** 2 / g) * covariance(leftOut[a]!.without, leftOut[b]!.without)),
    };
  },
};

/** Σ over pairs of (1, ½, 0 for won, tied, lost by the first score) · (the same by the second). */
function pairsWonByBoth([p1, q1]: readonly [Float64Array, Float64Array], [p2, q2]: readonly [Float64Array, Float64Array]): number {
  let quarters = 0;
  for (let i = 0; i < p1.length; i++) {
    const [x, y] = [p1[i]!, p2[i]!];
    for (let j = 0; j < q1.length; j++) quarters += (x > q1[j]! ? 2 : x === q1[j]! ? 1 : 0) * (y > q2[j]! ? 2 : y === q2[j]! ? 1 : 0);
  }
  return quarters / 4;
}

function matrix(size: number, at: (a: number, b: number) => number): number[][] {
  const rows: number[][] = Array.from({ length: size }, () => []);
  for (let a = 0; a < size; a++) for (let b = 0; b <= a; b++) rows[a]![b] = rows[b]![a] = at(a, b);
  return rows;
}
