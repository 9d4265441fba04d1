import { checkArray, checkCases, type Numbers, rangeError } from "../cases/checkCases.ts";
import { type ClusterNames, type Clusters, numberClusters } from "../cases/clusters.ts";
import { areaOf, combination, covariance, delongCovariance, type Placements, placements } from "../intervals/placements.ts";
import { areaUnder } from "../roc/areaUnder.ts";
import { areaOfCounts, curveOfCounts } from "../roc/curveOfCounts.ts";
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

/** One coefficient for each score. */
export type Contrast = readonly number[];

/** Areas of several scores of the same cases, and the covariance of any two contrasts of them. */
export interface AreaEstimates {
  readonly areas: readonly number[];
  /**
   * From the contrasts of the cases' components, not from covariances of single areas: readers that nearly agree differ by less than those are rounded.
   */
  covariance(a: Contrast, b: Contrast): number;
}

/**
 * Checks and estimates.
 *
 * @throws RangeError as `auroc` does, and without a list of scores.
 */
export function areaEstimates(labels: Numbers, scores: readonly Numbers[], options: CovarianceOptions = {}): AreaEstimates {
  checkArray(scores, "scores");
  if (scores.length === 0) throw rangeError("at least one list of scores", "none");
  for (const [k, list] of scores.entries()) checkCases(labels, list, undefined, `scores[${k}]`);
  const estimator = estimators[options.covariance ?? "delong"];
  if (estimator === undefined) throw rangeError(`covariance ${Object.keys(estimators).join(", ")}`, options.covariance);
  return estimator(labels, scores, options);
}

type Estimator = (labels: Numbers, scores: readonly Numbers[], options: CovarianceOptions) => AreaEstimates;

const estimators: Readonly<Record<"delong" | "unbiased" | "jackknife", Estimator>> = {
  delong(labels, scores) {
    const found = scores.map((list) => placements(labels, list));
    return { areas: found.map(areaOf), covariance: (a, b) => delongCovariance(contrastOf(found, a), contrastOf(found, b)) };
  },
  unbiased(labels, scores) {
    const found = scores.map((list) => placements(labels, list));
    const split = scores.map(
      (list) => [1, 0].map((side) => Float64Array.from(list).filter((_, i) => labels[i] === side)) as [Float64Array, Float64Array],
    );
    return {
      areas: found.map(areaOf),
      covariance(a, b) {
        const [x, y] = [contrastOf(found, a), contrastOf(found, b)];
        const [m, n] = [x.positive.length, x.negative.length];
        if (m < 2 || n < 2) return NaN;
        // Sums over pairs of cases of the product of two kernels, in quarters: whole numbers where the coefficients are.
        const anyPairs = total(x.positive) * total(y.positive);
        const samePositive = productOf(x.positive, y.positive);
        const sameNegative = productOf(x.negative, y.negative);
        const samePair = pairProducts(split, a, b);
        // Product of the means less the mean over pairs that share no case, in one fraction.
        return (samePositive + sameNegative - samePair - (anyPairs / (m * n)) * (m + n - 1)) / (4 * m * n * (m - 1) * (n - 1));
      },
    };
  },
  jackknife(labels, scores, options) {
    const { statistic = areaUnder, clusters: names } = options as Extract<CovarianceOptions, { covariance: "jackknife" }>;
    const clusters = numberClusters(labels.length, names);
    const found = scores.map((list) =>
      leaveOneOut(statistic === areaUnder ? exactArea(labels, list, clusters) : curveStatistic(labels, list, clusters, statistic), clusters.count),
    );
    const lists = found.map(({ leftOut }) => Float64Array.from(leftOut, ({ value }) => value));
    // What is left when a cluster is left out is the same for all scores.
    const over = Float64Array.from(found[0]!.leftOut, ({ over }) => over);
    const contrast = (coefficients: Contrast) => combination(lists, coefficients).map((value, k) => value / over[k]!);
    const g = clusters.count;
    return {
      areas: found.map(({ whole }) => whole.value / whole.over),
      covariance: (a, b) => ((g - 1) ** 2 / g) * covariance(contrast(a), contrast(b)),
    };
  },
};

const contrastOf = (found: readonly Placements[], coefficients: Contrast): Placements => ({
  positive: combination(
    found.map(({ positive }) => positive),
    coefficients,
  ),
  negative: combination(
    found.map(({ negative }) => negative),
    coefficients,
  ),
});

/** A statistic of a sample as a fraction: that of the whole area stays exact until it is divided. */
type Fraction = (counts: Int32Array) => { readonly value: number; readonly over: number };

function exactArea(labels: Numbers, scores: Numbers, clusters: Clusters): Fraction {
  const areaOf = areaOfCounts(labels, scores, clusters);
  return (counts) => {
    const { won, all } = areaOf(counts);
    return { value: won, over: all };
  };
}

function curveStatistic(labels: Numbers, scores: Numbers, clusters: Clusters, statistic: CurveStatistic): Fraction {
  const curveOf = curveOfCounts(labels, scores, clusters);
  return (counts) => ({ value: statistic(curveOf(counts)), over: 1 });
}

/** Of all clusters, and of all but each in turn. */
function leaveOneOut(fraction: Fraction, clusters: number) {
  const counts = new Int32Array(clusters).fill(1);
  const whole = fraction(counts);
  const leftOut = Array.from(counts, (_, k) => {
    counts[k] = 0;
    const found = fraction(counts);
    counts[k] = 1;
    return found;
  });
  return { whole, leftOut };
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const productOf = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Σ over pairs of (2, 1, 0 for won, tied, lost, combined by the first coefficients) · (the same by the second). */
function pairProducts(split: readonly (readonly [Float64Array, Float64Array])[], a: Contrast, b: Contrast): number {
  const used = split.flatMap((scores, k) => (a[k] || b[k] ? [{ scores, first: a[k]!, second: b[k]! }] : []));
  const [m, n] = split[0]!.map(({ length }) => length) as [number, number];
  let sum = 0;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let [left, right] = [0, 0];
      for (const { scores, first, second } of used) {
        const halves = scores[0][i]! > scores[1][j]! ? 2 : scores[0][i]! === scores[1][j]! ? 1 : 0;
        left += first * halves;
        right += second * halves;
      }
      sum += left * right;
    }
  return sum;
}
