import type { Laterality } from "@mammo/mammogram";
import type { Finding } from "./finding.ts";
import { type PairOptions, pairLesions } from "./pairLesions.ts";
import { type Score, type ScoreScale, toScore } from "./score.ts";

/** A finding with the score of its own probability. */
export interface FindingReport extends Finding {
  readonly score: Score;
}

/** A lesion is as suspicious as its highest finding. */
export interface LesionReport {
  readonly probability: number;
  readonly score: Score;
  readonly findings: readonly FindingReport[];
}

/** A breast is as suspicious as its highest lesion. */
export interface BreastReport {
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
 * Source: documented (MammoScreen 2.0: "a unified score (1-10) for each finding, breast, and overall case").
 *
 * @throws RangeError for no findings at all, a probability outside [0, 1], and what `toScore` and `pairLesions` refuse.
 * @example
 * const report = buildReport({ study: "study-1", findings }, scale);
 * report.score; // 1 ... 10
 */
export function buildReport(
  exam: { readonly study: string; readonly findings: readonly Finding[] },
  scale: ScoreScale,
  pairing?: PairOptions,
): ExamReport {
  if (exam.findings.length === 0) throw new RangeError("Expected at least one finding for each imaged breast, got none");
  const lesions = pairLesions(exam.findings, pairing);
  const breasts = (["L", "R"] as const).flatMap((laterality): BreastReport[] => {
    const here = lesions
      .filter((lesion) => lesion.laterality === laterality)
      .map(({ probability, findings }): LesionReport => {
        return { ...level(probability, scale), findings: findings.map((finding) => ({ ...finding, score: toScore(finding.probability, scale) })) };
      });
    return here.length === 0 ? [] : [{ laterality, ...highest(here), lesions: here }];
  });
  return { study: exam.study, scale, ...highest(breasts), breasts };
}

/** Probability and score always travel together. */
const level = (probability: number, scale: ScoreScale) => ({ probability, score: toScore(probability, scale) });

function highest(parts: readonly { readonly probability: number; readonly score: Score }[]) {
  return parts.map(({ probability, score }) => ({ probability, score })).reduce((a, b) => (b.probability > a.probability ? b : a));
}
