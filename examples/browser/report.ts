import { json } from "@mammo/files";
import {
  leftOutHtml,
  type ScoredExam,
  type ScoreOrigin,
  scoredExamHtml,
  scoreNotice,
  scorePageFoot,
  scorePageHead,
  unreadHtml,
} from "@mammo/pipeline";
import type { PickedBundle } from "./bundles.ts";
import type { ReadFiles } from "./readExams.ts";

/** What was scored, and with what. */
export interface Scored extends PickedBundle, Pick<ReadFiles, "notRead" | "leftOut"> {
  readonly exams: readonly ScoredExam[];
  readonly scored: ScoreOrigin["scored"];
}

/** The page that `npm run score -- --html` writes. */
export const reportPage = ({ exams, notRead, leftOut, ...origin }: Scored): string =>
  scorePageHead(origin.bundle.trainedOn) +
  exams.map((exam, index) => scoredExamHtml(exam, index + 1)).join("") +
  unreadHtml(notRead) +
  leftOutHtml(leftOut) +
  scorePageFoot(origin);

/** The JSON that `npm run score` prints. */
export function reportJson({ exams, notRead, leftOut, bundle, bundleSha256, scored }: Scored): string {
  const { schema: _, scale: __, readFile: ___, ...weights } = bundle;
  const parts = { unreadable: notRead, leftOut, weights: { bundleSha256, ...weights }, scored, notice: scoreNotice(bundle) };
  return json({ exams: exams.map(({ report }) => report), ...parts });
}
