// Exams of npm run predict, and the reference that their bundle keeps.
import { join } from "node:path";
import { logit, type RankReference } from "@mammo/ensemble";
import type { SiteExam } from "@mammo/pipeline";
import { loadBundle, readProgrammeExams } from "@mammo/pipeline/node";
import { UsageError } from "../cli/program.ts";

/** What `siteReport` takes, and the hashes of the tables. */
interface PredictedSite {
  readonly reference: RankReference;
  readonly thresholds: readonly number[];
  readonly exams: readonly SiteExam[];
  readonly inputs: readonly string[];
}

/** Thresholds are given as scores, and become the logits of the scale's cuts. */
export async function readPredictedSite(folder: string, bundleFolder: string, scores: string): Promise<PredictedSite> {
  const { reference, scale } = await loadBundle(bundleFolder);
  if (reference === undefined) throw new UsageError("Expected a bundle that keeps a reference to align to, got none: npm run calibrate writes one");
  const thresholds = scores.split(",").filter(Boolean).map(Number);
  if (thresholds.length === 0 || !thresholds.every((score) => Number.isInteger(score) && score >= 2 && score <= 10))
    throw new UsageError("Expected --thresholds as scores of 2 to 10, comma-separated; see --help");
  const { exams, inputs } = await readProgrammeExams(join(folder, "predictions_exams.tsv"), join(folder, "exams.tsv"));
  return {
    reference,
    thresholds: thresholds.map((score) => logit(scale.cuts[score - 2]!)),
    exams: exams.map(({ probability, device = "", density, age }) => ({
      score: logit(probability),
      device,
      ...(density === undefined ? {} : { density }),
      ...(age === undefined ? {} : { age }),
    })),
    inputs,
  };
}
