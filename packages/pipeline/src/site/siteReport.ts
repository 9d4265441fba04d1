import type { RankReference } from "@mammo/ensemble";
import { requireKnownKeys } from "@mammo/mammogram";
import { groupBy } from "../groupBy.ts";
import { alignDevice, alignScore, type DeviceAlignment } from "./alignDevice.ts";
import { type AlarmState, deviceAlarm, startAlarm, watchExam } from "./deviceAlarm.ts";

/** One exam of a site, without a label. In order of time. */
export interface SiteExam {
  readonly score: number;
  /** Device and software version: what is aligned and watched on its own. */
  readonly device: string;
  readonly density?: string;
  readonly age?: number;
}

/** A recall rate with its 95 % interval (Wilson 1927). */
export interface RecallRate {
  readonly recalled: number;
  readonly exams: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Recall of a group at one threshold. */
export interface SiteRow {
  readonly group: string;
  readonly threshold: number;
  /** Of the scores as they come. */
  readonly before: RecallRate;
  /** Of the aligned scores; undefined where any of the group's devices could not be aligned. */
  readonly after: RecallRate | undefined;
}

/** What a site is told before it switches on. */
export interface SiteReport {
  readonly exams: number;
  /** On the reference, for each threshold. */
  readonly reference: readonly { readonly threshold: number; readonly rate: number }[];
  readonly alignments: readonly DeviceAlignment[];
  /** Devices with too few exams to be aligned, and how many they have. */
  readonly refused: readonly { readonly device: string; readonly exams: number }[];
  readonly rows: readonly SiteRow[];
  /** How the alarm of each aligned device stands after its exams that were not aligned on. */
  readonly alarms: readonly { readonly device: string; readonly state: AlarmState }[];
}

/** How a report is made. */
export interface SiteOptions {
  readonly reference: RankReference;
  /** Candidates, at least one; the first is the one that the alarm watches. */
  readonly thresholds: readonly number[];
  readonly seed: number;
  /** So many of a device's first exams are aligned on, the rest are watched; default 1000. */
  readonly alignOn?: number;
  /** Devices with fewer exams are not aligned; default 250. */
  readonly minExams?: number;
}

/**
 * A site's recall at each candidate threshold, before and after alignment, by device, density and age (tens of years); alignments as data; alarms.
 *
 * Nothing here needs a label; sensitivity is not known without.
 *
 * Source: ours.
 *
 * @throws RangeError for no exams, no thresholds, scores that are not finite, and as `deviceAlarm` and `alignDevice`.
 * @example const report = siteReport(exams, { reference, thresholds: [-1.2, -0.8], seed: 1 });
 */
export function siteReport(exams: readonly SiteExam[], options: SiteOptions): SiteReport {
  requireKnownKeys("siteReport", options, { reference: true, thresholds: true, seed: true, alignOn: true, minExams: true });
  const { reference, thresholds, seed, alignOn = 1000, minExams = 250 } = options;
  if (exams.length === 0) throw new RangeError("Expected at least one exam, got none");
  if (thresholds.length === 0) throw new RangeError("Expected at least one threshold, got none");
  for (const [i, { score }] of exams.entries()) if (!Number.isFinite(score)) throw new RangeError(`Expected finite scores, got ${score} at ${i}`);
  const alarm = deviceAlarm(reference, { threshold: thresholds[0]! });
  const alignments: DeviceAlignment[] = [];
  const refused: { device: string; exams: number }[] = [];
  const alarms: { device: string; state: AlarmState }[] = [];
  for (const [device, own] of groupBy(exams, (exam) => exam.device)) {
    const scores = own.map(({ score }) => score);
    if (own.length < minExams) {
      refused.push({ device, exams: own.length });
      continue;
    }
    const alignment = alignDevice(scores.slice(0, alignOn), reference, { device, seed, minExams });
    alignments.push(alignment);
    const watched = scores.slice(alignOn).reduce((state, score) => watchExam(alarm, state, alignScore(alignment, score)), startAlarm(alarm));
    alarms.push({ device, state: watched });
  }
  const alignmentOf = new Map(alignments.map((alignment) => [alignment.device, alignment]));
  const groups = [...groupingsOf(exams)].map(([group, of]) => ({ group, of }));
  const rows = thresholds.flatMap((threshold) =>
    groups.map(({ group, of }): SiteRow => {
      const aligned = of.map(({ score, device }) => {
        const alignment = alignmentOf.get(device);
        return alignment && alignScore(alignment, score);
      });
      const known = aligned.every((score) => score !== undefined);
      return {
        group,
        threshold,
        before: rateOf(
          of.map(({ score }) => score),
          threshold,
        ),
        after: known ? rateOf(aligned, threshold) : undefined,
      };
    }),
  );
  const onReference = thresholds.map((threshold) => ({ threshold, rate: rateOf(reference.scores, threshold).rate }));
  return { exams: exams.length, reference: onReference, alignments, refused, rows, alarms };
}

function groupingsOf(exams: readonly SiteExam[]): Map<string, readonly SiteExam[]> {
  const groups = new Map<string, readonly SiteExam[]>([["all", exams]]);
  const add = (title: string, nameOf: (exam: SiteExam) => string | undefined) => {
    const named = exams.filter((exam) => nameOf(exam) !== undefined);
    const sorted = [...groupBy(named, (exam) => nameOf(exam)!)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, of] of sorted) groups.set(`${title} ${name}`, of);
  };
  add("device", ({ device }) => device);
  add("density", ({ density }) => density);
  add("age", ({ age }) => (age === undefined ? undefined : `${10 * Math.floor(age / 10)}-${10 * Math.floor(age / 10) + 9}`));
  return groups;
}

/** Share at or above the threshold. */
function rateOf(scores: readonly number[], threshold: number): RecallRate {
  const z = 1.959963984540054;
  const [recalled, n] = [scores.filter((score) => score >= threshold).length, scores.length];
  const rate = recalled / n;
  const middle = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return { recalled, exams: n, rate, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
