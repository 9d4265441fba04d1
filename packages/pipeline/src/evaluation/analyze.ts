import { requireKnownKeys } from "@mammo/mammogram";
import {
  aiVersusReaders,
  areaUnder,
  type BootstrapEstimate,
  type CurveStatistic,
  combineScores,
  compareWithBenchmarks,
  delong,
  delongInterval,
  interpolatedSpecificityAt,
  mrmc,
  pairedDifference,
  partialAreaUnder,
  prevalenceWeights,
  recallAt,
  rocCurve,
  screeningAudit,
  specificityAt,
} from "@mammo/metrics";
import type { Progress } from "../progress.ts";
import { bootstrapScores, type ScoresBootstrapOptions } from "./bootstrapScores.ts";
import { calibrationOf } from "./calibrationOf.ts";
import { decisionCurves } from "./decisionCurves.ts";
import { holmAdjusted } from "./holmAdjusted.ts";
import type { Cases, Column } from "./joinCases.ts";
import { numberClusters } from "./numberClusters.ts";
import { type Omission, omissionsOf } from "./omissions.ts";
import { drained, short, subgroupRows } from "./subgroupRows.ts";
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

const analysisOptionNames = { seed: true, resamples: true, minSensitivity: true, threshold: true, prevalence: true } satisfies Record<
  keyof AnalysisOptions,
  true
>;

/** All numbers of a report, and what has to be known of them. */
export type Analysis =
  ReturnType<typeof numbersOf> extends Generator<Progress, infer Numbers>
    ? Numbers & { readonly warnings: readonly string[]; readonly omitted: readonly Omission[] }
    : never;

/** All numbers of the report, and warnings where they say less than they seem to; pure: the same cases and seed give the same. */
export const analyze = (cases: Cases, options: AnalysisOptions): Analysis => {
  requireKnownKeys("analyze", options, analysisOptionNames);
  return drained(analyzeInSteps(cases, options));
};

/** The same, yielding how far it has come; `drawsOf`: see `startDrawThread`. */
export function* analyzeInSteps(
  cases: Cases,
  options: AnalysisOptions,
  drawing: Pick<ScoresBootstrapOptions, "drawsOf"> = {},
): Generator<Progress, Analysis> {
  requireKnownKeys("analyzeInSteps", options, analysisOptionNames);
  requireKnownKeys("analyzeInSteps", drawing, { drawsOf: true });
  const numbers = yield* numbersOf(cases, options, drawing.drawsOf);
  return { ...numbers, warnings: warningsOf(numbers), omitted: omissionsOf(numbers, cases) };
}

function* numbersOf(cases: Cases, options: AnalysisOptions, drawsOf: ScoresBootstrapOptions["drawsOf"]) {
  const { labels, models, readers, groups, clusterName } = cases;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const clusters = numberClusters(cases.clusters);
  const part = { minTruePositiveRate: options.minSensitivity };
  const statistics = {
    auroc: areaUnder,
    partialRaw: (curve) => partialAreaUnder(curve, part, { raw: true }),
    partialMcClish: (curve) => partialAreaUnder(curve, part),
    specificityStep: (curve) => specificityAt(options.minSensitivity, curve).specificity,
    specificityInterpolated: (curve) => interpolatedSpecificityAt(options.minSensitivity, curve),
  } satisfies Record<string, CurveStatistic>;
  const { seed, resamples } = options;
  const columns = [...models, ...readers];
  const found = yield* bootstrapScores({ labels, clusters, scores: columns.map(({ values }) => values) }, statistics, {
    seed,
    resamples,
    bandResamples: Math.min(1000, resamples),
    drawsOf,
  });
  const scores = columns.map(({ name, values }, k) => {
    const { estimates, dreamAuroc } = found[k]!;
    const reader = k >= models.length;
    return {
      name,
      reader,
      auroc: short(estimates.auroc),
      partialRaw: short(estimates.partialRaw),
      partialMcClish: short(estimates.partialMcClish),
      specificityStep: short(estimates.specificityStep),
      specificityInterpolated: short(estimates.specificityInterpolated),
      delongIgnoringClusters: delongInterval(labels, values),
      dreamCompat: { auroc: short(dreamAuroc) },
      undefinedResamples: estimates.auroc.undefinedResamples,
      ...(reader ? {} : { calibration: calibrationOf(labels, values, clusters) }),
    };
  });
  const [first] = models as readonly [Column<number>];
  const isClustered = clusters.count < labels.length;
  const differences = models.slice(1).map(({ name, values }, k) => ({
    a: first.name,
    b: name,
    auroc: isClustered ? differenceOf(found[0]!.estimates.auroc, found[k + 1]!.estimates.auroc) : delongOf(labels, first.values, values),
    partialRaw: differenceOf(found[0]!.estimates.partialRaw, found[k + 1]!.estimates.partialRaw),
  }));
  const holm = {
    auroc: holmAdjusted(differences.map(({ auroc }) => auroc.p)),
    partialRaw: holmAdjusted(differences.map(({ partialRaw }) => partialRaw.p)),
  };
  const bootstrapTest = `percentile bootstrap by ${clusterName}`;
  const subgroups = [];
  for (const { name, values } of groups)
    subgroups.push({ name, rows: yield* subgroupRows({ labels, clusters, columns, groups: values }, statistics, { seed, resamples }) });
  const band = found[0]!.band!;
  return {
    cases: labels.length,
    positives,
    clusters: clusters.count,
    clusterName,
    notes: cases.notes,
    options,
    scores,
    /** Of the first model's curve, pointwise. */
    rocBand: Array.from(band.falsePositiveRate, (falsePositiveRate, k) => ({ falsePositiveRate, low: band.low[k]!, high: band.high[k]! })),
    differences: differences.map(({ auroc, partialRaw, ...names }, k) => ({
      ...names,
      auroc: { ...auroc, pHolm: holm.auroc[k]!, test: isClustered ? bootstrapTest : "DeLong" },
      partialRaw: { ...partialRaw, pHolm: holm.partialRaw[k]!, test: bootstrapTest },
    })),
    readerStudy: readers.length >= 2 ? readerStudyOf(cases, statistics.partialRaw) : undefined,
    subgroups,
    decision: decisionCurves(cases, options),
    audit: positives > 0 && positives < labels.length ? auditOf(labels, first.values, options) : undefined,
  };
}

function differenceOf(a: BootstrapEstimate, b: BootstrapEstimate) {
  const difference = pairedDifference(a, b);
  return { ...short(difference), p: difference.p };
}

function delongOf(labels: readonly number[], a: readonly number[], b: readonly number[]) {
  const { difference, low, high, standardError, p } = delong(labels, a, b);
  return { estimate: difference, low, high, standardError, p };
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
