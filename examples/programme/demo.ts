// A programme of phantoms, half of whose women came before: their earlier exams show a smaller lesion, or none yet.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { loadBundle, type ProgrammeTables, phantomCohort, predictCohort, readProgrammeExams } from "@mammo/pipeline/node";
import { withProgress } from "../cli/progress.ts";

/** Women with a cancer, and women who came before. */
const [cancerShare, priorShare] = [0.3, 0.6];

/**
 * Makes and scores the women; what a killed run has made stays. A cancer counts as found at a woman's last exam, and what is known of an earlier one is nothing: the phantom's own label says that a lesion is there, not that
 * anybody saw it.
 */
export async function demoProgramme(
  folder: string,
  { bundle: bundleFolder, women, seed }: { readonly bundle: string; readonly women: number; readonly seed: number },
): Promise<ProgrammeTables> {
  const bundle = await loadBundle(bundleFolder);
  await selectBackend();
  // Seeds of no other cohort here.
  const cohort = await withProgress(phantomCohort(join(folder, "cohort"), { women, seed: 5000 + seed, cancerShare, priorShare }));
  await withProgress(predictCohort(cohort, bundle, { folder: join(folder, "predictions") }));
  const tables = await readProgrammeExams(join(folder, "predictions", "predictions_exams.tsv"), join(folder, "predictions", "exams.tsv"));
  const last = new Map<string, number>();
  for (const { subjectId, examIndex } of tables.exams) last.set(subjectId, Math.max(examIndex, last.get(subjectId) ?? 0));
  return {
    ...tables,
    exams: tables.exams.map(({ cancer, ...exam }) =>
      last.get(exam.subjectId) === exam.examIndex && cancer !== undefined ? { ...exam, cancer } : exam,
    ),
  };
}
