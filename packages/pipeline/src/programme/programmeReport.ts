// A screening programme looked at from its scores: how they are spread, what they were on the exams before a cancer, and how they work group by group.
import { type Rate, recallAt, screeningAudit } from "@mammo/metrics";
import { naturalOrder } from "../evaluation/naturalOrder.ts";
import { groupBy } from "../groupBy.ts";

/** One exam: its score and, as far as it is known, what became of it. */
export interface ProgrammeExam {
  readonly subjectId: string;
  /** In order of time. */
  readonly examIndex: number;
  /** 1 to 10. */
  readonly score: number;
  /** Of cancer, calibrated, in [0, 1]. */
  readonly probability: number;
  /** 1: cancer was found at this exam or within its follow-up. */
  readonly cancer?: 0 | 1;
  readonly daysSincePreviousExam?: number;
  readonly device?: string;
  readonly density?: string;
  readonly age?: number;
}

/** How many exams of a group have each score. */
export interface ScoreDistribution {
  readonly group: string;
  readonly exams: number;
  /** Of the scores 1 to 10. */
  readonly counts: readonly number[];
}

/** Exams so many rounds before the one at which the cancer was found: one of a woman. */
export interface EarlierExams {
  /** 0: the exam at which it was found, 1: the one before, … */
  readonly before: number;
  readonly women: number;
  /** Median time until the cancer was found; undefined where no table tells it. */
  readonly medianDays?: number;
  /** Share flagged at each score from 2 to 10 as threshold. */
  readonly flagged: readonly { readonly threshold: number; readonly rate: Rate }[];
}

/** A group at one threshold: flagged are exams of this score and above. */
export interface OperatingRow {
  readonly group: string;
  readonly threshold: number;
  readonly recall: Rate;
  readonly sensitivity: Rate;
  readonly specificity: Rate;
}

/** Whether a group has the cancers that its probabilities foretell. */
export interface GroupCalibration {
  readonly group: string;
  readonly exams: number;
  readonly cancers: number;
  /** Sum of the probabilities. */
  readonly expected: number;
  /** Observed share of cancers, with its interval, … */
  readonly observed: Rate;
  /** … and the mean probability, which should lie in it. */
  readonly meanProbability: number;
}

/** What a programme is told of its scores. */
export interface ProgrammeReport {
  readonly exams: number;
  readonly women: number;
  readonly cancers: number;
  readonly distributions: readonly ScoreDistribution[];
  readonly earlier: readonly EarlierExams[];
  readonly operating: readonly OperatingRow[];
  readonly calibration: readonly GroupCalibration[];
}

const scores = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
const thresholds = scores.slice(1);
/** Rounds before a cancer that are looked at. */
const rounds = 3;

/**
 * Exams of a programme -> distributions of their scores, what was flagged rounds before each cancer was found, and operating points and calibration by device, density and age.
 *
 * A woman's cancer is found at her first exam with cancer 1; later exams of hers are left out. "no cancer" are the latest exams of women who have none, with a known outcome; operating points and calibration
 * take one exam a woman, the one of her cancer or her latest, so that intervals (Wilson 1927) need no clusters. An exam before a cancer with an unknown outcome counts as one before.
 *
 * Source: ours; the plot of scores on the exams of year N-1 is the lecture's (Nikulin, DREAM challenge 2017).
 *
 * @throws RangeError for no exams, a score that is no whole number from 1 to 10, a probability outside [0, 1], two exams of a woman with one examIndex.
 * @example programmeReport(exams).earlier[1]?.flagged; // share of cancers that had score >= 2, 3, … one exam earlier
 */
export function programmeReport(exams: readonly ProgrammeExam[]): ProgrammeReport {
  check(exams);
  const women = [...groupBy(exams, ({ subjectId }) => subjectId).values()].map(historyOf);
  const found = women.filter(({ exam }) => exam?.cancer === 1);
  const clear = women.flatMap(({ exam }) => (exam?.cancer === 0 ? [exam] : []));
  const before = Array.from({ length: rounds + 1 }, (_, round) => found.flatMap(({ earlier }) => earlier[round] ?? []));
  const known = women.flatMap(({ exam }) => exam ?? []);
  const groups = groupsOf(known);
  return {
    exams: exams.length,
    women: women.length,
    cancers: found.length,
    distributions: [
      ...before.map((own, round) =>
        distributionOf(
          roundName(round),
          own.map(({ exam }) => exam),
        ),
      ),
      distributionOf("no cancer", clear),
      ...[...groupsOf(clear)].filter(([group]) => group.startsWith("device ")).map(([group, own]) => distributionOf(`no cancer, ${group}`, own)),
    ].filter(({ exams }) => exams > 0),
    earlier: before.flatMap((own, round) => (own.length === 0 ? [] : [earlierExams(round, own)])),
    operating: thresholds.flatMap((threshold) => [...groups].map(([group, own]) => operatingRow(group, own, threshold))),
    calibration: [...groups].map(([group, own]) => calibrationOf(group, own)),
  };
}

/** "at the exam with cancer", "1 exam before" … */
export const roundName = (before: number): string => (before === 0 ? "cancer" : before === 1 ? "1 exam before" : `${before} exams before`);

interface Before {
  readonly exam: ProgrammeExam;
  /** Until the exam at which the cancer was found; undefined where one of the steps is not known. */
  readonly days: number | undefined;
}

/** A woman's exam that counts, and those at and before her cancer, the latest first. */
function historyOf(own: readonly ProgrammeExam[]): { readonly exam: ProgrammeExam | undefined; readonly earlier: readonly Before[] } {
  const ordered = [...own].sort((a, b) => a.examIndex - b.examIndex);
  const at = ordered.findIndex(({ cancer }) => cancer === 1);
  if (at < 0) return { exam: ordered.findLast(({ cancer }) => cancer === 0), earlier: [] };
  let days: number | undefined = 0;
  const earlier = ordered
    .slice(0, at + 1)
    .reverse()
    .map((exam): Before => {
      const one = { exam, days };
      days = days === undefined || exam.daysSincePreviousExam === undefined ? undefined : days + exam.daysSincePreviousExam;
      return one;
    });
  return { exam: ordered[at], earlier };
}

function distributionOf(group: string, exams: readonly ProgrammeExam[]): ScoreDistribution {
  return { group, exams: exams.length, counts: scores.map((score) => exams.filter((exam) => exam.score === score).length) };
}

function earlierExams(before: number, own: readonly Before[]): EarlierExams {
  const days = own.flatMap(({ days }) => days ?? []).sort((a, b) => a - b);
  const flagged = thresholds.map((threshold) => ({
    threshold,
    rate: auditAt(
      own.map(({ exam }) => exam),
      threshold,
    ).recallRate,
  }));
  return { before, women: own.length, ...(before > 0 && days.length === own.length ? { medianDays: days[days.length >> 1]! } : {}), flagged };
}

const auditAt = (own: readonly ProgrammeExam[], threshold: number) =>
  screeningAudit({
    labels: own.map(({ cancer }) => cancer ?? 0),
    recalled: recallAt(
      own.map(({ score }) => score),
      threshold,
    ),
  });

function operatingRow(group: string, own: readonly ProgrammeExam[], threshold: number): OperatingRow {
  const { recallRate: recall, sensitivity, specificity } = auditAt(own, threshold);
  return { group, threshold, recall, sensitivity, specificity };
}

function calibrationOf(group: string, own: readonly ProgrammeExam[]): GroupCalibration {
  const labels = own.map(({ cancer }) => cancer!);
  const expected = own.reduce((sum, { probability }) => sum + probability, 0);
  // The share of exams with an event, of whatever kind the event is.
  const observed = screeningAudit({ labels, recalled: labels }).recallRate;
  return { group, exams: own.length, cancers: observed.events, expected, observed, meanProbability: expected / own.length };
}

/** All, then by device, density and tens of years of age, in their natural order. */
function groupsOf(exams: readonly ProgrammeExam[]): ReadonlyMap<string, readonly ProgrammeExam[]> {
  const groups = new Map<string, readonly ProgrammeExam[]>(exams.length > 0 ? [["all", exams]] : []);
  const decade = (age: number) => 10 * Math.floor(age / 10);
  const add = (title: string, nameOf: (exam: ProgrammeExam) => string | undefined) => {
    const named = groupBy(
      exams.filter((exam) => nameOf(exam) !== undefined),
      (exam) => nameOf(exam)!,
    );
    for (const name of naturalOrder([...named.keys()])) groups.set(`${title} ${name}`, named.get(name)!);
  };
  add("device", ({ device }) => device);
  add("density", ({ density }) => density);
  add("age", ({ age }) => (age === undefined ? undefined : `${decade(age)} to ${decade(age) + 9}`));
  return groups;
}

function check(exams: readonly ProgrammeExam[]): void {
  if (exams.length === 0) throw new RangeError("Expected at least one exam, got none");
  const seen = new Set<string>();
  for (const [i, { subjectId, examIndex, score, probability }] of exams.entries()) {
    if (!(Number.isInteger(score) && score >= 1 && score <= 10))
      throw new RangeError(`Expected scores to be whole numbers from 1 to 10, got ${score} at ${i}`);
    if (!(probability >= 0 && probability <= 1)) throw new RangeError(`Expected probabilities in [0, 1], got ${probability} at ${i}`);
    const key = JSON.stringify([subjectId, examIndex]);
    if (seen.has(key)) throw new RangeError(`Expected each exam of a woman to have its own examIndex, got ${examIndex} twice, the second at ${i}`);
    seen.add(key);
  }
}
