import { quantile, sortedNumbers, sortOrder } from "@mammo/mammogram";
import { areaUnder, type BootstrapEstimate, type CurveStatistic, type RocBand, type RocCurve } from "@mammo/metrics";
import type { Progress } from "../progress.ts";
import { type Counts, type Draws, drawsOf } from "./draws.ts";
import type { NumberedClusters } from "./numberClusters.ts";

/** Several scores of the same cases. */
export interface SeveralScores {
  /** 0 or 1. */
  readonly labels: ArrayLike<number>;
  readonly clusters: NumberedClusters;
  /** A list for each score, finite. */
  readonly scores: readonly ArrayLike<number>[];
}

/** What is drawn, and how often. */
export interface ScoresBootstrapOptions {
  readonly seed: number;
  readonly resamples: number;
  /** How many of the resamples the band around the first score's curve is made of; default 0: none. */
  readonly bandResamples?: number;
  /** Who draws; default this thread. */
  readonly drawsOf?: ((clusters: number, options: { readonly seed: number; readonly resamples: number }) => Draws) | undefined;
}

/** One score's estimates. */
export interface BootstrappedScore<Name extends string> {
  readonly estimates: Readonly<Record<Name, BootstrapEstimate>>;
  /** The area by the challenge's own resampling. */
  readonly dreamAuroc: BootstrapEstimate;
  readonly band: RocBand | undefined;
}

const confidence = 0.95;
const bandPoints = 50;

/**
 * `bootstrapRoc`, `dreamCompat` and `rocBand` of @mammo/metrics for several scores, to the last bit, with each resample drawn once for all of them.
 *
 * Cases are sorted once a score; a resample is one pass over each. Yields how many resamples are done.
 */
export function* bootstrapScores<Name extends string>(
  { labels, clusters, scores }: SeveralScores,
  statistics: Readonly<Record<Name, CurveStatistic>>,
  { seed, resamples, bandResamples = 0, drawsOf: drawsElsewhere }: ScoresBootstrapOptions,
): Generator<Progress, readonly BootstrappedScore<Name>[]> {
  const list = Object.entries<CurveStatistic>(statistics);
  const curves = scores.map((values) => curvesOfCounts(labels, values, clusters.of));
  const ones = new Int32Array(clusters.count).fill(1);
  const whole = curves.map((curve) => {
    const { drawn } = curve(ones);
    return { statistics: list.map(([, statistic]) => statistic(drawn)), area: areaUnder(drawn) };
  });
  const replicates = scores.map(() => ({ statistics: list.map(() => new Float64Array(resamples)), dream: new Float64Array(resamples) }));
  const band = Array.from({ length: bandPoints + 1 }, () => new Float64Array(Math.min(bandResamples, resamples)));
  const next = drawsElsewhere?.(clusters.count, { seed, resamples }) ?? drawsOf(clusters.count, seed);
  for (let r = 0; r < resamples; r++) {
    const counts = next();
    for (const [s, curve] of curves.entries()) {
      const { drawn, once } = curve(counts);
      for (const [k, [, statistic]] of list.entries()) replicates[s]!.statistics[k]![r] = statistic(drawn);
      replicates[s]!.dream[r] = areaUnder(once);
      if (s === 0 && r < bandResamples) for (const [point, sensitivity] of sensitivities(drawn).entries()) band[point]![r] = sensitivity;
    }
    yield { phase: "resamples", done: r + 1, total: resamples };
  }
  const draws = `seed ${seed}, ${resamples} resamples of ${clusters.count} clusters`;
  return scores.map((_, s) => ({
    estimates: Object.fromEntries(
      list.map(([name], k) => [name, estimateOf(whole[s]!.statistics[k]!, replicates[s]!.statistics[k]!, draws)]),
    ) as Record<Name, BootstrapEstimate>,
    dreamAuroc: estimateOf(whole[s]!.area, replicates[s]!.dream, `${draws}, dreamCompat`),
    band: s === 0 && bandResamples > 0 ? bandOf(band) : undefined,
  }));
}

function estimateOf(estimate: number, replicates: Float64Array, draws: string): BootstrapEstimate {
  return { estimate, ...middle(replicates), replicates, undefinedResamples: replicates.filter(Number.isNaN).length, draws };
}

/** The middle 95 % and the standard deviation of the replicates that are defined. */
function middle(replicates: Float64Array) {
  const sorted = sortedNumbers(replicates);
  const tail = (1 - confidence) / 2;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const standardError = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sorted.length - 1));
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), standardError };
}

function bandOf(band: readonly Float64Array[]): RocBand {
  const ends = band.map(middle);
  return {
    falsePositiveRate: Float64Array.from(band, (_, k) => k / bandPoints),
    low: Float64Array.from(ends, ({ low }) => low),
    high: Float64Array.from(ends, ({ high }) => high),
  };
}

/** `interpolatedSensitivityAt` of @mammo/metrics at all points of the band, in one pass. */
function sensitivities({ falsePositiveRate: f, truePositiveRate: t }: RocCurve): Float64Array {
  const slack = 1e-12;
  const last = f.length - 1;
  if (Number.isNaN(f[last]! + t[last]!)) return new Float64Array(bandPoints + 1).fill(NaN);
  let before = 0;
  return Float64Array.from({ length: bandPoints + 1 }, (_, k) => {
    const x = 1 - (1 - k / bandPoints);
    while (before < last && f[before + 1]! <= x + slack) before++;
    if (before === last || f[before]! >= x - slack) return t[before]!;
    return t[before]! + ((x - f[before]!) / (f[before + 1]! - f[before]!)) * (t[before + 1]! - t[before]!);
  });
}

/**
 * From how often each cluster is counted to the curve of such a sample, and to that in which none counts more than once; both stay valid until the next call.
 *
 * Sorted once. The curves hold their corners only: neighboring scores of one class, or one score that both classes share, are one line of it.
 */
function curvesOfCounts(labels: ArrayLike<number>, scores: ArrayLike<number>, clusterOf: Int32Array) {
  const { lists, ends, thresholds } = linesOf(labels, scores, clusterOf);
  const corners = thresholds.length;
  const curve = (): RocCurve => ({ truePositiveRate: new Float64Array(corners), falsePositiveRate: new Float64Array(corners), thresholds });
  const [drawn, once] = [curve(), curve()];
  return (counts: Counts): { readonly drawn: RocCurve; readonly once: RocCurve } => {
    fill(counts, lists[0], ends[0], drawn.truePositiveRate, once.truePositiveRate);
    fill(counts, lists[1], ends[1], drawn.falsePositiveRate, once.falsePositiveRate);
    return { drawn, once };
  };
}

/** Rates down to each corner. */
function fill(counts: Counts, list: Int32Array, end: Int32Array, drawn: Float64Array, once: Float64Array): void {
  const corners = end.length;
  drawn[0] = once[0] = 0;
  for (let corner = 1, k = 0, sum = 0, different = 0; corner < corners; corner++) {
    for (const until = end[corner]!; k < until; k++) {
      const count = counts[list[k]!]!;
      sum += count;
      different += count === 0 ? 0 : 1;
    }
    drawn[corner] = sum;
    once[corner] = different;
  }
  const [all, each] = [drawn[corners - 1]!, once[corners - 1]!];
  for (let corner = 0; corner < corners; corner++) {
    drawn[corner] = drawn[corner]! / all;
    once[corner] = once[corner]! / each;
  }
}

/** Clusters of the positive and of the negative cases from the highest score down, and where each line of the curve ends in both. */
function linesOf(labels: ArrayLike<number>, scores: ArrayLike<number>, clusterOf: Int32Array) {
  const { order, sorted } = sortOrder(scores);
  const n = order.length;
  const [positive, negative] = [new Int32Array(n), new Int32Array(n)];
  const [positiveEnds, negativeEnds, thresholds] = [new Int32Array(n + 1), new Int32Array(n + 1), new Float64Array(n + 1).fill(Infinity, 0, 1)];
  let [positives, negatives, corner] = [0, 0, 0];
  for (let k = n - 1, last = ""; k >= 0; ) {
    const score = sorted[k]!;
    const [p, q] = [positives, negatives];
    for (; k >= 0 && sorted[k] === score; k--)
      if (labels[order[k]!] === 1) positive[positives++] = clusterOf[order[k]!]!;
      else negative[negatives++] = clusterOf[order[k]!]!;
    const kind = positives === p ? "negative" : negatives === q ? "positive" : "both";
    if (kind !== last || kind === "both") corner++;
    thresholds[corner] = score;
    positiveEnds[corner] = positives;
    negativeEnds[corner] = negatives;
    last = kind;
  }
  return {
    lists: [positive.slice(0, positives), negative.slice(0, negatives)] as const,
    ends: [positiveEnds.slice(0, corner + 1), negativeEnds.slice(0, corner + 1)] as const,
    thresholds: thresholds.slice(0, corner + 1),
  };
}
