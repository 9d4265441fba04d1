import { json } from "@mammo/files";
import { type ScoredExam, type ScoreOrigin, scoredExamHtml, scorePageFoot, scorePageHead, unreadHtml } from "@mammo/pipeline";
import type { PickedBundle } from "./bundles.ts";
import type { NotRead } from "./readExams.ts";

/** What was scored, and with what. */
export interface Scored extends PickedBundle {
  readonly exams: readonly ScoredExam[];
  readonly notRead: readonly NotRead[];
  readonly scored: ScoreOrigin["scored"];
}

/** The page that `npm run score -- --html` writes. */
export const reportPage = ({ exams, notRead, ...origin }: Scored): string =>
  scorePageHead(origin.bundle.trainedOn) +
  exams.map((exam, index) => scoredExamHtml(exam, index + 1)).join("") +
  unreadHtml(notRead) +
  scorePageFoot(origin);

/** The JSON that `npm run score` prints. */
export function reportJson({ exams, notRead, bundle, bundleSha256, scored }: Scored): string {
  const { schema: _, scale: __, readFile: ___, ...weights } = bundle;
  const notice = "Not a medical device. For research only.";
  return json({ exams: exams.map(({ report }) => report), unreadable: notRead, weights: { bundleSha256, ...weights }, scored, notice });
}
