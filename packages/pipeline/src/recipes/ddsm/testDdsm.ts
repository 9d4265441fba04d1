// From a trained model to what a fold leaves: predictions of women whom no stage has seen, a bundle, a summary.
import { join } from "node:path";
import { calibrate, type PlattCalibrator } from "@mammo/ensemble";
import { formatDelimited, json } from "@mammo/files";
import { sha256, writeFileAtomically } from "@mammo/files/node";
import type { DreamNet } from "@mammo/models";
import { saveBundle, saveMember } from "../../bundle/bundleFolder.ts";
import { calibrateOnValidation } from "../../predict/calibrateOnValidation.ts";
import { evaluateTestSet, type TestMetrics } from "../../predict/evaluateTestSet.ts";
import { predictionTables } from "../../predict/predictionTables.ts";
import { poolBreasts } from "../../predict/predictViews.ts";
import type { Progress } from "../../progress.ts";
import type { Provenance } from "../../run/provenance.ts";
import type { StoredView } from "../../store/imageStore.ts";
import type { DdsmConfig } from "./ddsmConfig.ts";
import { type FilmScore, predictFilms } from "./scoreFilms.ts";
import type { FoldViews } from "./splitFold.ts";
import type { DdsmStageSummary } from "./trainDdsm.ts";

/** What a fold is and how its stages went. */
export interface DdsmRunSummary {
  readonly cohort: {
    readonly name: string;
    readonly sha256: string;
    readonly women: number;
    readonly images: number;
    readonly standardization: string;
  };
  readonly config: DdsmConfig;
  readonly width: number;
  readonly fold: number;
  readonly stages: readonly DdsmStageSummary[];
  readonly chosen: string;
  readonly defects: readonly string[];
  readonly provenance: Provenance;
}

/** summary.json of a fold. */
export interface DdsmSummary extends DdsmRunSummary {
  readonly calibrator: PlattCalibrator;
  /** By film and by breast, of the fold's own women. */
  readonly films: TestMetrics;
  readonly breasts: TestMetrics;
  readonly seconds: number;
}

/** Calibrates on the validation women, scores the fold's women once, and writes bundle/, predictions_images.tsv, predictions.tsv, predictions_exams.tsv, labels.tsv and summary.json. Yields phases "validation" and "test". */
export async function* testDdsm({
  folder,
  model,
  data,
  run,
  begun,
}: {
  readonly folder: string;
  readonly model: DreamNet;
  readonly data: Pick<FoldViews, "validation" | "test">;
  readonly run: DdsmRunSummary;
  readonly begun: number;
}): AsyncGenerator<Progress, DdsmSummary> {
  const { cohort, provenance } = run;
  const validation = yield* predictAll("validation", model, data.validation);
  const { calibrator, scale } = calibrateOnValidation(poolBreasts(validation), { cohortSha256: cohort.sha256 });
  const test = yield* predictAll("test", model, data.test);
  const breasts = poolBreasts(test);
  const bundle = join(folder, "bundle");
  const member = await saveMember(bundle, model, { name: "dreamNet", family: "dreamNet", seed: provenance.seed });
  await saveBundle(bundle, { members: [member], calibrator, scale, trainedOn: cohort.name, standardization: cohort.standardization, provenance });
  for (const [name, text] of Object.entries(predictionTables(breasts, calibrator))) await writeFileAtomically(join(folder, name), text);
  await writeFileAtomically(join(folder, filmTable), filmPredictions(test, calibrator));
  const summary = {
    ...run,
    calibrator,
    films: evaluateTestSet(test.map(asBreast), { seed: provenance.seed }),
    breasts: evaluateTestSet(breasts, { seed: provenance.seed }),
    seconds: (performance.now() - begun) / 1000,
  };
  await writeFileAtomically(join(folder, "summary.json"), json(summary));
  return summary;
}

/** The file of the films' scores. */
export const filmTable = "predictions_images.tsv";

const filmHeads = ["image", "patient", "laterality", "view", "cancer", "logit", "confidence"] as const;

/** One row a film. Images and patients are named by hashes: names may be patient data. */
function filmPredictions(test: readonly FilmScore[], calibrator: PlattCalibrator): string {
  const hashed = (text: string) => sha256(text).slice(0, 16);
  const rows = test.map(({ view, logit }) => [
    hashed(view.id),
    hashed(view.patientId),
    view.laterality,
    view.view,
    view.cancer ?? "",
    logit,
    calibrate(calibrator, logit),
  ]);
  return formatDelimited([filmHeads, ...rows], { separator: "\t" });
}

/** The film as a breast of its own: intervals are by woman all the same. */
const asBreast = ({ view: { patientId, laterality, cancer }, logit }: { readonly view: StoredView; readonly logit: number }) => ({
  patientId,
  laterality,
  cancer,
  logit,
});

async function* predictAll(phase: string, model: DreamNet, views: readonly StoredView[]): AsyncGenerator<Progress, FilmScore[]> {
  const found: FilmScore[] = [];
  for await (const score of predictFilms(model, views)) {
    found.push(score);
    yield { phase, done: found.length, total: views.length };
  }
  return found;
}
