import type { RankReference } from "@mammo/ensemble";
import { quantile, requireKnownKeys } from "@mammo/mammogram";
import { type Increments, limitFor } from "./falseAlarms.ts";
import { normalBelow, normalQuantile } from "./normal.ts";

/** One cumulative sum: outcomes are the bins of a score between edges. */
export interface AlarmChart extends Increments {
  readonly name: "recall up" | "recall down" | "scores up" | "scores down";
  readonly edges: readonly number[];
  readonly limit: number;
}

/** What watches a device: made once, the same for all of its exams. Plain JSON. */
export interface DeviceAlarm {
  readonly kind: "device alarm";
  readonly charts: readonly AlarmChart[];
  /** Chance of any alarm in so many exams while nothing changes. */
  readonly falseAlarmChance: number;
  readonly exams: number;
}

/** Where the sums stand. Plain JSON: stored between exams. */
export interface AlarmState {
  readonly seen: number;
  readonly sums: readonly number[];
  /** The chart that raised the alarm, and at which exam; it stays raised. */
  readonly raised?: { readonly chart: AlarmChart["name"]; readonly exam: number };
}

/** What an alarm is to notice. */
export interface AlarmOptions {
  /** Exams at or above are recalled; a score on the reference's (aligned) scale. */
  readonly threshold: number;
  /** A change of the recall rate that must be noticed soon; default 2: twice, or half. */
  readonly ratio?: number;
  /** Default 10,000 exams: a year of a device, in which less than `falseAlarmChance` (default 0.01) of the devices may raise a false alarm. */
  readonly exams?: number;
  readonly falseAlarmChance?: number;
}

/**
 * An alarm for one device and software version: four cumulative sums, of recalls and of whole scores, up and down, each with a quarter of the false alarms.
 *
 * The recall sums wait for a rate `ratio` times higher or lower; the score sums, on the reference's tenths, for scores that have moved as a whole so far as would change
 * recall that much, which they notice in half the time. Limits are exact for exams that follow the reference: align the device first.
 *
 * Source: re-implementation of Page's cumulative sum (1954) with limits by Brook and Evans (1972); the choice of charts is ours.
 *
 * @throws RangeError for a threshold whose recall rate on the reference times `ratio` is not below 1, or that recalls none; ratio <= 1; and as `limitFor`.
 * @example
 * const alarm = deviceAlarm(reference, { threshold: -1.2 });
 * let state = startAlarm(alarm);
 * for (const score of scores) state = watchExam(alarm, state, score);
 */
export function deviceAlarm(reference: RankReference, options: AlarmOptions): DeviceAlarm {
  requireKnownKeys("deviceAlarm", options, { threshold: true, ratio: true, exams: true, falseAlarmChance: true });
  const { threshold, ratio = 2, exams = 10_000, falseAlarmChance = 0.01 } = options;
  if (!(ratio > 1 && ratio < Infinity)) throw new RangeError(`Expected ratio > 1, got ${ratio}`);
  const recall = reference.scores.filter((score) => score >= threshold).length / reference.scores.length;
  if (!(recall > 0 && recall * ratio < 1))
    throw new RangeError(`Expected a threshold whose recall rate times ${ratio} is in (0, 1), got ${recall} times ${ratio}`);
  const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((share) => quantile(reference.scores, share));
  const edges = [...new Set(tenths)];
  const shares = sharesOf(reference.scores, edges);
  const charts = (["up", "down"] as const).flatMap((way) => {
    const changed = way === "up" ? recall * ratio : recall / ratio;
    const moved = normalQuantile(changed) - normalQuantile(recall);
    return [
      { name: `recall ${way}` as const, edges: [threshold], ...ratios([1 - recall, recall], [1 - changed, changed]) },
      { name: `scores ${way}` as const, edges, ...ratios(shares, shift(shares, moved)) },
    ];
  });
  return {
    kind: "device alarm",
    charts: charts.map((chart) => ({ ...chart, limit: limitFor(chart, { exams, chance: falseAlarmChance / charts.length }) })),
    falseAlarmChance,
    exams,
  };
}

/** No exam seen yet. */
export const startAlarm = ({ charts }: DeviceAlarm): AlarmState => ({ seen: 0, sums: charts.map(() => 0) });

/**
 * One exam more. An alarm that is raised stays so: start anew once the device is understood.
 *
 * @throws RangeError for NaN, and a state of another alarm.
 */
export function watchExam({ charts }: DeviceAlarm, state: AlarmState, score: number): AlarmState {
  if (Number.isNaN(score)) throw new RangeError("Expected a score, got NaN");
  if (state.sums.length !== charts.length) throw new RangeError(`Expected a state of ${charts.length} sums, got ${state.sums.length}`);
  if (state.raised) return state;
  const seen = state.seen + 1;
  const sums = charts.map(({ edges, logRatios }, c) => Math.max(0, state.sums[c]! + logRatios[edges.filter((edge) => edge <= score).length]!));
  const raised = charts.find(({ limit }, c) => sums[c]! >= limit);
  return { seen, sums, ...(raised ? { raised: { chart: raised.name, exam: seen } } : {}) };
}

function ratios(before: readonly number[], after: readonly number[]): Increments {
  return { probabilities: before, logRatios: before.map((share, k) => Math.log(after[k]! / share)) };
}

/** Shares of the reference between edges. */
function sharesOf(sorted: readonly number[], edges: readonly number[]): readonly number[] {
  const below = edges.map((edge) => sorted.filter((score) => score < edge).length / sorted.length);
  return [...below, 1].map((share, k) => share - (below[k - 1] ?? 0)).map((share) => Math.max(share, 1e-6));
}

/** The same bins once all scores have moved by so many deviations of a normal distribution. */
function shift(shares: readonly number[], moved: number): readonly number[] {
  let sum = 0;
  const below = shares.map((share, k) => {
    sum += share;
    return k === shares.length - 1 ? 1 : normalBelow(normalQuantile(sum) - moved);
  });
  return below.map((share, k) => Math.max(share - (below[k - 1] ?? 0), 1e-6));
}
