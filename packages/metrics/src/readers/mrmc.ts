import { checkArray, type Numbers, rangeError } from "../cases/checkCases.ts";
import { chiSquareTail } from "../distributions/chiSquare.ts";
import { fTail } from "../distributions/fisher.ts";
import { studentHalfWidth } from "../distributions/student.ts";
import { checkConfidence } from "../intervals/checkConfidence.ts";
import { average, deviations, settled, squares } from "../intervals/rounding.ts";
import { type AreaEstimates, areaEstimates, type CovarianceOptions } from "./areaEstimates.ts";

/** How the covariances are estimated, and how wide the intervals are. */
export type MrmcOptions = CovarianceOptions & {
  /** Share of the intervals; default 0.95. */
  readonly confidence?: number;
};

/** An estimate with its standard error and interval. */
export interface MrmcEstimate {
  readonly estimate: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** One analysis: the test that all treatments are equal, and each difference. */
export interface MrmcTest {
  /** F statistic; for fixed readers a chi-square. */
  readonly statistic: number;
  readonly df1: number;
  /** Hillis's degrees of freedom; Infinity for the chi-square. */
  readonly df2: number;
  readonly p: number;
  /** Mean area over readers of treatment `a` minus that of `b`. */
  readonly differences: readonly (MrmcEstimate & { readonly a: number; readonly b: number })[];
  /** Mean area over readers, for each treatment. */
  readonly means: readonly MrmcEstimate[];
}

/** What a multi-reader multi-case study found. */
export interface Mrmc {
  /** Area of each treatment (row) and reader. */
  readonly areas: readonly (readonly number[])[];
  readonly meanSquares: { readonly treatment: number; readonly reader: number; readonly treatmentByReader: number };
  /** Obuchowski and Rockette's: error variance, same reader other treatment, other reader same treatment, both other. */
  readonly components: { readonly variance: number; readonly cov1: number; readonly cov2: number; readonly cov3: number };
  /** Conclusions about all readers and all cases. */
  readonly randomReadersRandomCases: MrmcTest;
  /** Conclusions about these readers and all cases. */
  readonly fixedReadersRandomCases: MrmcTest;
  /** Conclusions about all readers and these cases. */
  readonly randomReadersFixedCases: MrmcTest;
}

/**
 * Multi-reader multi-case analysis of a fully crossed study (Obuchowski and Rockette 1995; degrees of freedom of Hillis 2007, all documented).
 *
 * `ratings[treatment][reader]` is that reader's list of scores of all cases. For a partial area: `{ covariance: "jackknife", statistic }`.
 *
 * @throws RangeError for fewer than two treatments or readers, unequal numbers of readers, and as `auroc` does.
 * @example mrmc(labels, [unaided, withAi], { covariance: "jackknife", clusters: cases }).randomReadersRandomCases.p;
 */
export function mrmc(labels: Numbers, ratings: readonly (readonly Numbers[])[], options: MrmcOptions = {}): Mrmc {
  checkArray(ratings, "ratings");
  for (const [i, readers] of ratings.entries()) checkArray(readers, `ratings[${i}]`);
  const [I, J] = [ratings.length, ratings[0]?.length ?? 0];
  if (I < 2) throw rangeError("ratings of at least 2 treatments", I);
  if (J < 2) throw rangeError("at least 2 readers", J);
  for (const [i, readers] of ratings.entries()) if (readers.length !== J) throw rangeError(`ratings[${i}] to have ${J} readers`, readers.length);
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const estimates = areaEstimates(labels, ratings.flat(), options);
  const areas = ratings.map((_, i) => estimates.areas.slice(i * J, (i + 1) * J));
  const meanSquares = meanSquaresOf(areas);
  const variances = variancesOf(I, J, estimates);
  const { variance, cov2, casesApart, readersApart } = variances;
  // The differences are known better than what they are differences of.
  const components = { variance, cov1: variance - casesApart, cov2, cov3: cov2 - readersApart };
  return { areas, meanSquares, components, ...tests(areas, meanSquares, variances, confidence) };
}

interface Variances {
  readonly variance: number;
  readonly cov2: number;
  /** Error variance less covariance of one reader's treatments. */
  readonly casesApart: number;
  /** Covariance of two readers in one treatment, less that in two. */
  readonly readersApart: number;
  /** Error variance and covariance of two readers, for each treatment. */
  readonly within: readonly { readonly variance: number; readonly cov2: number }[];
}

/** All of them from variances of contrasts: var(Σ x) = Σ var(x) + the covariances of different x. */
function variancesOf(I: number, J: number, { covariance }: AreaEstimates): Variances {
  const varianceOf = (coefficient: (i: number, j: number) => number) => {
    const contrast = Array.from({ length: I * J }, (_, k) => coefficient(Math.floor(k / J), k % J));
    return covariance(contrast, contrast);
  };
  const readers = Array.from({ length: J }, (_, j) => j);
  const sums = (coefficient: (i: number) => number) => {
    const each = readers.map((reader) => varianceOf((i, j) => (j === reader ? coefficient(i) : 0))).reduce((sum, value) => sum + value, 0);
    return { each, others: varianceOf((i) => coefficient(i)) - each };
  };
  const within = Array.from({ length: I }, (_, treatment) => {
    const { each, others } = sums((i) => (i === treatment ? 1 : 0));
    return { variance: each / J, cov2: others / (J * (J - 1)) };
  });
  let [apart, othersApart] = [0, 0];
  for (let a = 0; a < I; a++)
    for (let b = 0; b < a; b++) {
      const { each, others } = sums((i) => (i === a ? 1 : i === b ? -1 : 0));
      apart += each;
      othersApart += others;
    }
  const pairs = I * (I - 1) * J;
  return {
    variance: average(within.map(({ variance }) => variance)),
    cov2: average(within.map(({ cov2 }) => cov2)),
    casesApart: apart / pairs,
    readersApart: othersApart / (pairs * (J - 1)),
    within,
  };
}

function meanSquaresOf(areas: readonly (readonly number[])[]): Mrmc["meanSquares"] {
  const [I, J] = [areas.length, areas[0]!.length];
  const treatments = areas.map(average);
  const readers = areas[0]!.map((_, j) => average(areas.map((row) => row[j]!)));
  const all = average(treatments);
  const largest = areas.flat().reduce((most, area) => Math.max(most, Math.abs(area)), 0);
  const interaction = areas.flatMap((row, i) => row.map((area, j) => settled(area - treatments[i]! - readers[j]! + all, largest)));
  return {
    treatment: (J * squares(deviations(treatments))) / (I - 1),
    reader: (I * squares(deviations(readers))) / (J - 1),
    treatmentByReader: squares(interaction) / ((I - 1) * (J - 1)),
  };
}

function tests(
  areas: Mrmc["areas"],
  { treatment, treatmentByReader }: Mrmc["meanSquares"],
  { casesApart, readersApart, within }: Variances,
  confidence: number,
): Pick<Mrmc, "randomReadersRandomCases" | "fixedReadersRandomCases" | "randomReadersFixedCases"> {
  const [I, J] = [areas.length, areas[0]!.length];
  const means = areas.map(average);
  const readerSpread = areas.map((row) => squares(deviations(row)) / (J - 1));
  const extra = J * Math.max(readersApart, 0);
  const test = (
    denominator: number,
    df2: number,
    meanVariance: (i: number) => { readonly variance: number; readonly df: number },
    chiSquare = false,
  ): MrmcTest => {
    const interval = (estimate: number, squared: number, df: number): MrmcEstimate => {
      const standardError = Math.sqrt(squared);
      const half = standardError === 0 ? 0 : studentHalfWidth(confidence, df) * standardError;
      return { estimate, standardError, low: estimate - half, high: estimate + half };
    };
    // Treatments that agree leave 0/0: nothing speaks against their being equal. An unbiased variance below 0 says nothing at all.
    const f = denominator < 0 ? NaN : treatment === 0 ? 0 : treatment / denominator;
    const pairs = means.flatMap((_, a) => means.flatMap((__, b) => (a < b ? [{ a, b }] : [])));
    return {
      statistic: chiSquare ? (I - 1) * f : f,
      df1: I - 1,
      df2,
      p: chiSquare ? chiSquareTail((I - 1) * f, I - 1) : fTail(f, I - 1, df2),
      differences: pairs.map(({ a, b }) => ({ a, b, ...interval(settled(means[a]! - means[b]!, means[a]!), (2 * denominator) / J, df2) })),
      means: means.map((estimate, i) => {
        const { variance: squared, df } = meanVariance(i);
        return interval(estimate, squared, df);
      }),
    };
  };
  const randomBoth = treatmentByReader + extra;
  return {
    randomReadersRandomCases: test(randomBoth, satterthwaite(randomBoth, treatmentByReader, (I - 1) * (J - 1)), (i) => {
      const sum = readerSpread[i]! + J * Math.max(within[i]!.cov2, 0);
      return { variance: sum / J, df: satterthwaite(sum, readerSpread[i]!, J - 1) };
    }),
    fixedReadersRandomCases: test(
      casesApart + (J - 1) * Math.max(readersApart, 0),
      Infinity,
      (i) => ({ variance: (within[i]!.variance + (J - 1) * Math.max(within[i]!.cov2, 0)) / J, df: Infinity }),
      true,
    ),
    randomReadersFixedCases: test(treatmentByReader, (I - 1) * (J - 1), (i) => ({ variance: readerSpread[i]! / J, df: J - 1 })),
  };
}

/** Degrees of freedom of a sum of a mean square and of terms that are taken as known; Infinity where the mean square is 0. */
export const satterthwaite = (sum: number, meanSquare: number, df: number): number => (meanSquare === 0 ? Infinity : (sum / meanSquare) ** 2 * df);
