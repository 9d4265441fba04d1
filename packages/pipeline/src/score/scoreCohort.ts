import { requireKnownKeys } from "@mammo/mammogram";
import type { Bundle } from "../bundle/bundle.ts";
import { type MemberRunnerOptions, openMembers } from "./examineExams.ts";
import { type ExamImages, type ScoredExam, scoreExams } from "./scoreExam.ts";

/** How a cohort is scored. */
export interface ScoreCohortOptions extends MemberRunnerOptions {
  /** Exams whose images are in memory at a time; several members are then loaded once for all of them. Default 1 for a bundle of one member, else 8. */
  readonly examsAtOnce?: number;
}

/**
 * Scores exams as they come, in their order: memory does not grow with their number, nor with that of the bundle's members.
 *
 * @throws RangeError for `examsAtOnce` below 1, PipelineError and RangeError as `scoreExam`, and what the exams throw.
 * @example for await (const { report } of scoreCohort(readExams(chosen), bundle)) console.log(report.score);
 */
export async function* scoreCohort<E extends ExamImages>(
  exams: AsyncIterable<E> | Iterable<E>,
  bundle: Bundle,
  options: ScoreCohortOptions = {},
): AsyncGenerator<ScoredExam & { readonly exam: E }> {
  requireKnownKeys("scoreCohort", options, { examsAtOnce: true, runners: true, onTrial: true });
  const { examsAtOnce = bundle.members.length > 1 ? 8 : 1, ...running } = options;
  if (!(examsAtOnce >= 1)) throw new RangeError(`Expected examsAtOnce of at least 1, got ${examsAtOnce}`);
  const members = openMembers(bundle, running);
  let waiting: E[] = [];
  const score = async () => {
    const now = waiting;
    waiting = [];
    return (await scoreExams(now, members)).map((scored, at) => ({ ...scored, exam: now[at]! }));
  };
  try {
    for await (const exam of exams) {
      waiting.push(exam);
      if (waiting.length >= examsAtOnce) yield* await score();
    }
    if (waiting.length > 0) yield* await score();
  } finally {
    await members.dispose();
  }
}
