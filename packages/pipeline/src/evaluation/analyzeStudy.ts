import { requireKnownKeys } from "@mammo/mammogram";
import {
  areaUnder,
  bootstrapRoc,
  type CurveStatistic,
  dbmComponents,
  delong,
  delongInterval,
  type Mrmc,
  type MrmcTest,
  mrmc,
  pairedDifference,
  partialAreaUnder,
} from "@mammo/metrics";
import { holmAdjusted } from "./holmAdjusted.ts";
import type { ReaderStudy } from "./readStudy.ts";
import { fewWarnings } from "./warnings.ts";

/** How a reader study is analysed. */
export interface StudyOptions {
  /** How the covariances of areas are estimated, see `mrmc`. Of partial areas and of cases in clusters only the jackknife knows. */
  readonly covariance: "jackknife" | "delong" | "unbiased";
  /** Lower bound of the partial area over sensitivity. */
  readonly minSensitivity: number;
  /** Of the bootstrap by which single readers' areas get their intervals where cases are clustered. */
  readonly seed: number;
  readonly resamples: number;
}

/** All numbers of a reader study, and what has to be known of them. */
export type StudyAnalysis = ReturnType<typeof analyzeStudy>;

const analyses = ["randomReadersRandomCases", "fixedReadersRandomCases", "randomReadersFixedCases"] as const;

/**
 * Treatments against each other (Obuchowski and Rockette, Hillis's degrees of freedom), all together, each pair by itself, and for each reader alone.
 *
 * The statistics are those of `mrmc`, `delong` and `bootstrapRoc` of @mammo/metrics; the pairs' p-values also stand adjusted after Holm (1979).
 *
 * @throws RangeError for covariances other than the jackknife's where several cases are of one cluster.
 * @example analyzeStudy(study, { covariance: "jackknife", minSensitivity: 0.8, seed: 1, resamples: 2000 }).auroc.tests[0].p;
 */
export function analyzeStudy(study: ReaderStudy, options: StudyOptions) {
  requireKnownKeys("analyzeStudy", options, { covariance: true, minSensitivity: true, seed: true, resamples: true });
  const { labels, clusters, treatments, readers, ratings, clusterName, notes } = study;
  const { covariance, minSensitivity } = options;
  const count = new Set(clusters).size;
  const isClustered = count < labels.length;
  if (isClustered && covariance !== "jackknife")
    throw new RangeError(`Expected --covariance jackknife where a ${clusterName} has several cases, got ${covariance}`);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const raw: CurveStatistic = (curve) => partialAreaUnder(curve, { minTruePositiveRate: minSensitivity }, { raw: true });
  const measure = (statistic: CurveStatistic) => {
    const found = (chosen: readonly number[]) =>
      mrmc(
        labels,
        chosen.map((i) => ratings[i]!),
        covariance === "jackknife" ? { covariance, statistic, clusters } : { covariance },
      );
    const all = found(treatments.map((_, i) => i));
    const pairs = pairsOf(treatments).map(([a, b]) => ({
      a: treatments[a]!,
      b: treatments[b]!,
      ...differencesOf(treatments.length === 2 ? all : found([a, b])),
    }));
    const { areas, meanSquares, components } = all;
    return {
      areas: treatments.flatMap((treatment, i) => readers.map((reader, j) => ({ treatment, reader, area: areas[i]![j]! }))),
      means: treatments.map((treatment, i) => ({ treatment, ...all.randomReadersRandomCases.means[i]! })),
      tests: analyses.map((analysis) => ({ analysis, ...testOf(all[analysis]) })),
      pairs: adjusted(pairs),
      meanSquares,
      components,
      ...(covariance === "jackknife" && statistic === areaUnder ? { dbm: dbmComponents(all, count) } : {}),
    };
  };
  const single = isClustered ? clusteredReaders(study, options) : { test: "DeLong", ...independentReaders(study) };
  const holm = holmAdjusted(single.differences.map(({ p }) => p));
  return {
    cases: labels.length,
    positives,
    clusters: count,
    clusterName,
    treatments,
    readers,
    notes,
    options,
    auroc: measure(areaUnder),
    partialRaw: covariance === "jackknife" ? measure(raw) : undefined,
    omitted:
      covariance === "jackknife"
        ? []
        : [{ section: "Partial area", reason: `covariances of a partial area need --covariance jackknife, got ${covariance}` }],
    byReader: { ...single, differences: single.differences.map((difference, k) => ({ ...difference, pHolm: holm[k]! })) },
    warnings: fewWarnings({ positives, negatives: labels.length - positives }),
  };
}

/** One difference of mean areas. */
interface StudyDifference {
  readonly estimate: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  readonly statistic: number;
  readonly df2: number;
  readonly p: number;
}

/** Two treatments by themselves, `a` less `b`. */
export type StudyPair = { readonly a: string; readonly b: string } & Readonly<
  Record<(typeof analyses)[number], StudyDifference & { readonly pHolm: number }>
>;

/** With p-values that hold for all pairs together. */
function adjusted(pairs: readonly (Readonly<Record<(typeof analyses)[number], StudyDifference>> & { readonly a: string; readonly b: string })[]) {
  const holm = (analysis: (typeof analyses)[number]) => holmAdjusted(pairs.map((pair) => pair[analysis].p));
  const [randomBoth, fixedReaders, fixedCases] = analyses.map(holm) as [number[], number[], number[]];
  return pairs.map(
    (pair, k): StudyPair => ({
      a: pair.a,
      b: pair.b,
      randomReadersRandomCases: { ...pair.randomReadersRandomCases, pHolm: randomBoth[k]! },
      fixedReadersRandomCases: { ...pair.fixedReadersRandomCases, pHolm: fixedReaders[k]! },
      randomReadersFixedCases: { ...pair.randomReadersFixedCases, pHolm: fixedCases[k]! },
    }),
  );
}

const testOf = ({ statistic, df1, df2, p }: MrmcTest) => ({ statistic, df1, df2, p });

function differencesOf(found: Mrmc) {
  const one = (test: MrmcTest): StudyDifference => {
    const { estimate, standardError, low, high } = test.differences[0]!;
    return { estimate, standardError, low, high, statistic: test.statistic, df2: test.df2, p: test.p };
  };
  return {
    randomReadersRandomCases: one(found.randomReadersRandomCases),
    fixedReadersRandomCases: one(found.fixedReadersRandomCases),
    randomReadersFixedCases: one(found.randomReadersFixedCases),
  };
}

function pairsOf(list: readonly unknown[]): readonly (readonly [a: number, b: number])[] {
  return list.flatMap((_, a) => list.slice(a + 1).map((__, k) => [a, a + 1 + k] as const));
}

/** Areas and paired differences of single readers whose cases are independent. */
function independentReaders({ labels, treatments, readers, ratings }: ReaderStudy) {
  return {
    areas: readers.flatMap((reader, j) =>
      treatments.map((treatment, i) => {
        const { auroc: estimate, low, high, standardError } = delongInterval(labels, ratings[i]![j]!);
        return { reader, treatment, estimate, low, high, standardError };
      }),
    ),
    differences: readers.flatMap((reader, j) =>
      pairsOf(treatments).map(([a, b]) => {
        const { difference: estimate, low, high, standardError, p } = delong(labels, ratings[a]![j]!, ratings[b]![j]!);
        return { reader, a: treatments[a]!, b: treatments[b]!, estimate, low, high, standardError, p };
      }),
    ),
  };
}

/** The same, clusters drawn whole. */
function clusteredReaders({ labels, clusters, clusterName, treatments, readers, ratings }: ReaderStudy, { seed, resamples }: StudyOptions) {
  const found = ratings.map((lists) =>
    lists.map((scores) => bootstrapRoc({ labels, scores, clusters }, { auroc: areaUnder }, { seed, resamples }).auroc),
  );
  return {
    test: `percentile bootstrap by ${clusterName}, ${resamples} resamples, seed ${seed}`,
    areas: readers.flatMap((reader, j) =>
      treatments.map((treatment, i) => {
        const { estimate, low, high, standardError } = found[i]![j]!;
        return { reader, treatment, estimate, low, high, standardError };
      }),
    ),
    differences: readers.flatMap((reader, j) =>
      pairsOf(treatments).map(([a, b]) => {
        const { estimate, low, high, standardError, p } = pairedDifference(found[a]![j]!, found[b]![j]!);
        return { reader, a: treatments[a]!, b: treatments[b]!, estimate, low, high, standardError, p };
      }),
    ),
  };
}
