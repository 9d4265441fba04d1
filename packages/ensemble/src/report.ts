import type { Laterality } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { checkFinding } from "./checkFinding.ts";
import type { Finding } from "./finding.ts";
import { type BreastLesions, type Lesion, lesionsOf } from "./lesionsOf.ts";
import type { MatchOptions } from "./pair/matchViews.ts";
import { type Score, type ScoreScale, toScore } from "./score.ts";

/** A finding with the score of its own probability. */
export interface FindingReport extends Finding {
  readonly score: Score;
}

/** A lesion is as suspicious as its highest finding. */
export interface LesionReport extends Lesion<FindingReport> {
  /** Counts the exam's lesions from 1, the most suspicious one. */
  readonly number: number;
  readonly score: Score;
}

/** A breast is as suspicious as its highest lesion. */
export interface BreastReport extends BreastLesions<FindingReport> {
  readonly laterality: Laterality;
  readonly probability: number;
  readonly score: Score;
  /** By falling probability, at least one. */
  readonly lesions: readonly LesionReport[];
}

/** An exam is as suspicious as its highest breast. Plain JSON. */
export interface ExamReport {
  readonly study: string;
  readonly scale: ScoreScale;
  readonly probability: number;
  readonly score: Score;
  /** Left before right; a breast that was not imaged is absent. */
  readonly breasts: readonly BreastReport[];
}

/**
 * Findings to the report of an exam: probability and 1-10 score of each finding, lesion, breast and of the exam.
 *
 * It takes no other probability than the findings', so that the levels cannot contradict each other: lesion = its highest
 * finding, breast = its highest lesion, exam = its highest breast. Each imaged breast needs a finding, its strongest one however
 * weak (`findingsOfBreast` gives it); a breast without findings counts as not imaged.
 *
 * CC and MLO findings (also of displaced implants) are paired by `matchViews`; without a model in `pairing`, by `startingPairModel`, which is fitted to nothing. Findings of other
 * views or without a place stay alone. Where the landmarks of all CC or of all MLO images are not trusted nothing is paired and `pairingRefused` says why.
 *
 * Source: documented (MammoScreen 2.0: "a unified score (1-10) for each finding, breast, and overall case"); pairing ours.
 *
 * @throws RangeError for no findings at all, a finding with an unknown side or view, a box without extent, a probability outside [0, 1] or a place in another view than the finding,
 * and what `toScore` and `matchViews` refuse.
 * @example
 * const report = buildReport({ study: "study-1", findings }, scale);
 * report.score; // 1 ... 10
 */
export function buildReport(
  exam: { readonly study: string; readonly findings: readonly Finding[] },
  scale: ScoreScale,
  pairing?: MatchOptions,
): ExamReport {
  requireKnownKeys("buildReport", pairing, { model: true, maxPnlDifference: true });
  if (exam.findings.length === 0) throw new RangeError("Expected at least one finding for each imaged breast, got none");
  for (const [i, finding] of exam.findings.entries()) checkFinding(finding, `findings[${i}]`);
  const scored = exam.findings.map((finding): FindingReport => ({ ...finding, score: toScore(finding.probability, scale) }));
  const breasts = (["L", "R"] as const).flatMap((laterality) => {
    const own = scored.filter((finding) => finding.laterality === laterality);
    return own.length === 0 ? [] : [{ laterality, ...lesionsOf(own, pairing) }];
  });
  const order = breasts.flatMap(({ lesions }) => lesions).sort((a, b) => b.probability - a.probability);
  const reported = breasts.map(({ lesions, ...breast }): BreastReport => {
    const here = lesions.map((lesion): LesionReport => ({ number: order.indexOf(lesion) + 1, score: toScore(lesion.probability, scale), ...lesion }));
    return { ...breast, ...highest(here), lesions: here };
  });
  return { study: exam.study, scale, ...highest(reported), breasts: reported };
}

function highest(parts: readonly { readonly probability: number; readonly score: Score }[]) {
  return parts.map(({ probability, score }) => ({ probability, score })).reduce((a, b) => (b.probability > a.probability ? b : a));
}
