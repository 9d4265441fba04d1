import {
  aiVersusReaders,
  areaUnder,
  type BootstrapEstimate,
  bootstrapRoc,
  brierScore,
  type CurveStatistic,
  calibrationError,
  calibrationSlope,
  combineScores,
  compareWithBenchmarks,
  delongInterval,
  dreamCompat,
  interpolatedSpecificityAt,
  mrmc,
  pairedDifference,
  partialAreaUnder,
  prevalenceWeights,
  recallAt,
  rocCurve,
  screeningAudit,
  specificityAt,
  subgroups,
} from "@mammo/metrics";
import type { Cases, Column } from "./joinCases.ts";
import { warningsOf } from "./warnings.ts";

/** How cases are analysed. */
export interface AnalysisOptions {
  readonly seed: number;
  readonly resamples: number;
  /** Lower bound of the partial area over sensitivity; the challenge's is 0.8. */
  readonly minSensitivity: number;
  /** Where the audit recalls; undefined: the highest threshold that reaches `minSensitivity`. */
  readonly threshold: number | undefined;
  /** Share of positives that the audit and the decision curve are re-weighted to. */
  readonly prevalence: number;
}

/** All numbers of a report, and what has to be known of them. */
export type Analysis = ReturnType<typeof numbersOf> & { readonly warnings: readonly string[] };

const short = ({ estimate, low, high, standardError }: BootstrapEstimate) => ({ estimate, low, high, standardError });

/** All numbers of the report, and warnings where they say less than they seem to; pure: the same cases and seed give the same. */
export function analyze(cases: Cases, options: AnalysisOptions): Analysis {
  const numbers = numbersOf(cases, options);
  return { ...numbers, warnings: warningsOf(numbers) };
}

function numbersOf(cases: Cases, options: AnalysisOptions) {
  const { labels, clusters, models, readers, groups } = cases;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const part = { minTruePositiveRate: options.minSensitivity };
  const statistics = {
    auroc: areaUnder,
    partialRaw: (curve) => partialAreaUnder(curve, part, { raw: true }),
    partialMcClish: (curve) => partialAreaUnder(curve, part),
    specificityStep: (curve) => specificityAt(options.minSensitivity, curve).specificity,
    specificityInterpolated: (curve) => interpolatedSpecificityAt(options.minSensitivity, curve),
  } satisfies Record<string, CurveStatistic>;
  const bootstrapOptions = { seed: options.seed, resamples: options.resamples };
  const bootstrapped = (values: readonly number[]) => bootstrapRoc({ labels, scores: values, clusters }, statistics, bootstrapOptions);
  const measured = [...models.map((column) => ({ column, reader: false })), ...readers.map((column) => ({ column, reader: true }))].map(
    ({ column, reader }) => ({
      column,
      reader,
      found: bootstrapped(column.values),
    }),
  );
  const scores = measured.map(({ column: { name, values }, reader, found }) => ({
    name,
    reader,
    auroc: short(found.auroc),
    partialRaw: short(found.partialRaw),
    partialMcClish: short(found.partialMcClish),
    specificityStep: short(found.specificityStep),
    specificityInterpolated: short(found.specificityInterpolated),
    delongIgnoringClusters: delongInterval(labels, values),
    dreamCompat: { auroc: short(dreamCompat({ labels, scores: values, clusters }, { auroc: areaUnder }, bootstrapOptions).auroc) },
    undefinedResamples: found.auroc.undefinedResamples,
    ...(reader ? {} : { calibration: calibrationOf(labels, values) }),
  }));
  const first = measured[0]!;
  const differences = measured
    .filter(({ reader }, k) => !reader && k > 0)
    .map(({ column, found }) => ({
      a: first.column.name,
      b: column.name,
      auroc: differenceOf(first.found.auroc, found.auroc),
      partialRaw: differenceOf(first.found.partialRaw, found.partialRaw),
    }));
  const holm = {
    auroc: holmAdjusted(differences.map(({ auroc }) => auroc.p)),
    partialRaw: holmAdjusted(differences.map(({ partialRaw }) => partialRaw.p)),
  };
  return {
    cases: labels.length,
    positives,
    clusters: new Set(clusters).size,
    clusterName: cases.clusterName,
    notes: cases.notes,
    options,
    scores,
    differences: differences.map(({ auroc, partialRaw, ...names }, k) => ({
      ...names,
      auroc: { ...auroc, pHolm: holm.auroc[k]! },
      partialRaw: { ...partialRaw, pHolm: holm.partialRaw[k]! },
    })),
    readerStudy: readers.length >= 2 ? readerStudyOf(cases, statistics.partialRaw) : undefined,
    subgroups: groups.map(({ name, values }) => ({
      name,
      rows: subgroups(
        { labels, scores: first.column.values, clusters },
        values,
        { auroc: areaUnder, partialRaw: statistics.partialRaw },
        bootstrapOptions,
      ).map(({ estimates, ...row }) => ({
        ...row,
        auroc: estimates && short(estimates.auroc),
        partialRaw: estimates && short(estimates.partialRaw),
      })),
    })),
    audit: positives > 0 && positives < labels.length ? auditOf(labels, first.column.values, options) : undefined,
  };
}

function differenceOf(a: BootstrapEstimate, b: BootstrapEstimate) {
  const difference = pairedDifference(a, b);
  return { ...short(difference), p: difference.p };
}

/** p-values of several comparisons, each as if it had been the only one, made to hold for all of them together (Holm 1979). */
export function holmAdjusted(ps: readonly number[]): number[] {
  const order = ps.map((_, k) => k).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted: number[] = [];
  let least = 0;
  for (const [rank, k] of order.entries()) adjusted[k] = least = Math.max(least, Math.min(1, (ps.length - rank) * ps[k]!));
  return adjusted;
}

/** Undefined where scores are no probabilities. */
function calibrationOf(labels: readonly number[], values: readonly number[]) {
  if (values.some((value) => value < 0 || value > 1)) return undefined;
  return {
    brier: brierScore(labels, values),
    ...calibrationSlope(labels, values),
    error: { bins: 10, strategy: "quantile", ...calibrationError(labels, values, { bins: 10, strategy: "quantile" }) },
  };
}

/** Each model against the mean reader, and readers alone against readers with that model (mean of both scores). Covariances by leaving out clusters. */
function readerStudyOf({ labels, clusters, models, readers }: Cases, partialRaw: CurveStatistic) {
  const unaided = readers.map(({ values }) => values);
  const two = (model: Column<number>, statistic: CurveStatistic) => {
    const options = { covariance: "jackknife", statistic, clusters } as const;
    const { ai, readers: meanReader, difference, degreesOfFreedom, p } = aiVersusReaders(labels, model.values, unaided, options);
    const both = mrmc(labels, [unaided.map((values) => combineScores([values, model.values])), unaided], options);
    const { differences, means, p: combinedP, df2, statistic: f } = both.randomReadersRandomCases;
    return {
      versusMeanReader: { ai, meanReader, difference, degreesOfFreedom, p },
      combined: {
        withModel: means[0]!,
        alone: means[1]!,
        difference: differences[0]!,
        f,
        df2,
        p: combinedP,
        fixedReadersP: both.fixedReadersRandomCases.p,
        better: both.areas[0]!.filter((area, j) => area > both.areas[1]![j]!).length,
      },
    };
  };
  return {
    readers: readers.length,
    models: models.map((model) => ({ name: model.name, auroc: two(model, areaUnder), partialRaw: two(model, partialRaw) })),
  };
}

function auditOf(labels: readonly number[], values: readonly number[], { threshold, minSensitivity, prevalence }: AnalysisOptions) {
  const at = threshold ?? specificityAt(minSensitivity, rocCurve(labels, values)).threshold;
  const recalled = recallAt(values, at);
  const asIs = screeningAudit({ labels, recalled });
  const reweighted = screeningAudit({ labels, recalled, weights: prevalenceWeights(labels, prevalence) });
  return { threshold: at, asIs, reweighted: { prevalence, audit: reweighted, beside: compareWithBenchmarks(reweighted) } };
}
