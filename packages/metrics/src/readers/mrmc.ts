import { type Numbers, rangeError } from "../cases/checkCases.ts";
import { chiSquareTail } from "../distributions/chiSquare.ts";
import { fTail } from "../distributions/fisher.ts";
import { studentHalfWidth } from "../distributions/student.ts";
import { checkConfidence } from "../intervals/checkConfidence.ts";
import { areaCovariance, type CovarianceOptions } from "./areaCovariance.ts";

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
  const [I, J] = [ratings.length, ratings[0]?.length ?? 0];
  if (I < 2) throw rangeError("ratings of at least 2 treatments", I);
  if (J < 2) throw rangeError("at least 2 readers", J);
  for (const [i, readers] of ratings.entries()) if (readers.length !== J) throw rangeError(`ratings[${i}] to have ${J} readers`, readers.length);
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const { areas: flat, covariance } = areaCovariance(labels, ratings.flat(), options);
  const areas = ratings.map((_, i) => flat.slice(i * J, (i + 1) * J));
  const meanSquares = meanSquaresOf(areas);
  const at = (i: number, j: number, i2: number, j2: number) => covariance[i * J + j]![i2 * J + j2]!;
  const components = componentsOf(I, J, at);
  return { areas, meanSquares, components, ...tests(areas, meanSquares, components, treatmentComponents(I, J, at), confidence) };
}

type Covariance = (i: number, j: number, i2: number, j2: number) => number;

function componentsOf(I: number, J: number, at: Covariance): Mrmc["components"] {
  const sums = { variance: 0, cov1: 0, cov2: 0, cov3: 0 };
  for (let i = 0; i < I; i++)
    for (let j = 0; j < J; j++)
      for (let i2 = 0; i2 < I; i2++)
        for (let j2 = 0; j2 < J; j2++) sums[i === i2 ? (j === j2 ? "variance" : "cov2") : j === j2 ? "cov1" : "cov3"] += at(i, j, i2, j2);
  return {
    variance: sums.variance / (I * J),
    cov1: sums.cov1 / (I * (I - 1) * J),
    cov2: sums.cov2 / (I * J * (J - 1)),
    cov3: sums.cov3 / (I * (I - 1) * J * (J - 1)),
  };
}

/** Error variance and covariance between readers within each treatment, for the interval of one treatment's mean. */
function treatmentComponents(I: number, J: number, at: Covariance): readonly { readonly variance: number; readonly cov2: number }[] {
  return Array.from({ length: I }, (_, i) => {
    let [same, other] = [0, 0];
    for (let j = 0; j < J; j++) for (let j2 = 0; j2 < J; j2++) j === j2 ? (same += at(i, j, i, j)) : (other += at(i, j, i, j2));
    return { variance: same / J, cov2: other / (J * (J - 1)) };
  });
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function meanSquaresOf(areas: readonly (readonly number[])[]): Mrmc["meanSquares"] {
  const [I, J] = [areas.length, areas[0]!.length];
  const treatments = areas.map(average);
  const readers = areas[0]!.map((_, j) => average(areas.map((row) => row[j]!)));
  const all = average(treatments);
  const squares = (values: readonly number[], center: number) => values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  let interaction = 0;
  for (let i = 0; i < I; i++) for (let j = 0; j < J; j++) interaction += (areas[i]![j]! - treatments[i]! - readers[j]! + all) ** 2;
  return {
    treatment: (J * squares(treatments, all)) / (I - 1),
    reader: (I * squares(readers, all)) / (J - 1),
    treatmentByReader: interaction / ((I - 1) * (J - 1)),
  };
}

function tests(
  areas: Mrmc["areas"],
  { treatment, treatmentByReader }: Mrmc["meanSquares"],
  { variance, cov1, cov2, cov3 }: Mrmc["components"],
  within: ReturnType<typeof treatmentComponents>,
  confidence: number,
): Pick<Mrmc, "randomReadersRandomCases" | "fixedReadersRandomCases" | "randomReadersFixedCases"> {
  const [I, J] = [areas.length, areas[0]!.length];
  const means = areas.map(average);
  const readerSpread = areas.map((row, i) => row.reduce((sum, area) => sum + (area - means[i]!) ** 2, 0) / (J - 1));
  const extra = J * Math.max(cov2 - cov3, 0);
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
    // Treatments that agree to the last bit leave 0/0: nothing speaks against their being equal.
    const f = treatment === 0 ? 0 : treatment / denominator;
    const pairs = means.flatMap((_, a) => means.flatMap((__, b) => (a < b ? [{ a, b }] : [])));
    return {
      statistic: chiSquare ? (I - 1) * f : f,
      df1: I - 1,
      df2,
      p: chiSquare ? chiSquareTail((I - 1) * f, I - 1) : fTail(f, I - 1, df2),
      differences: pairs.map(({ a, b }) => ({ a, b, ...interval(means[a]! - means[b]!, (2 * denominator) / J, df2) })),
      means: means.map((estimate, i) => {
        const { variance: squared, df } = meanVariance(i);
        return interval(estimate, squared, df);
      }),
    };
  };
  const randomBoth = treatmentByReader + extra;
  return {
    randomReadersRandomCases: test(randomBoth, randomBoth ** 2 / (treatmentByReader ** 2 / ((I - 1) * (J - 1))), (i) => {
      const sum = readerSpread[i]! + J * Math.max(within[i]!.cov2, 0);
      return { variance: sum / J, df: (sum / readerSpread[i]!) ** 2 * (J - 1) };
    }),
    fixedReadersRandomCases: test(
      variance - cov1 + (J - 1) * Math.max(cov2 - cov3, 0),
      Infinity,
      (i) => ({ variance: (within[i]!.variance + (J - 1) * Math.max(within[i]!.cov2, 0)) / J, df: Infinity }),
      true,
    ),
    randomReadersFixedCases: test(treatmentByReader, (I - 1) * (J - 1), (i) => ({ variance: readerSpread[i]! / J, df: J - 1 })),
  };
}
