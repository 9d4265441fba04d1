// From a trained model to what a run leaves: predictions, bundle, summary and report.
import { join } from "node:path";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import type { DreamNet } from "@mammo/models";
import type { BundleFile } from "../../bundle/bundleFile.ts";
import { saveBundle, saveMember } from "../../bundle/bundleFolder.ts";
import { levelScores } from "../../bundle/levelScores.ts";
import { type CalibrateOnValidationOptions, calibrateOnValidation } from "../../predict/calibrateOnValidation.ts";
import { evaluateCalibration } from "../../predict/evaluateCalibration.ts";
import { evaluateTestSet } from "../../predict/evaluateTestSet.ts";
import { predictionTables } from "../../predict/predictionTables.ts";
import { poolBreasts, type ViewPrediction } from "../../predict/predictViews.ts";
import { type ValidationMetrics, validate } from "../../predict/validate.ts";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import type { DreamData } from "./prepareDream.ts";
import { reportPage } from "./reportPage.ts";
import { validateUntrained } from "./sanity.ts";
import { calibrationTable, metricsTable, type RunSummary, type Summary, stageTable } from "./summary.ts";
import { predictStored } from "./validateModel.ts";

/** A trained model, the data that it was not trained on, and what its run says of itself. */
export interface TestedDream {
  readonly folder: string;
  readonly model: DreamNet;
  readonly data: Pick<DreamData, "validation" | "test">;
  readonly run: RunSummary;
  /** `performance.now()` when the run began. */
  readonly begun: number;
  /** How the bundle's scale is cut, and by what it pairs CC and MLO. */
  readonly reading?: Omit<CalibrateOnValidationOptions, "cohortSha256"> & Pick<BundleFile, "pairModel">;
}

/**
 * Calibrates on the validation women, scores the test women once, and writes bundle/, predictions.tsv, predictions_exams.tsv, labels.tsv, report.html and summary.json.
 * Yields phases "validation" and "test".
 */
export async function* testDream({ folder, model, data, run, begun, reading = {} }: TestedDream): AsyncGenerator<Progress, Summary> {
  const { cohort, provenance, stages } = run;
  const validation = yield* predictAll("validation", model, data.validation);
  const { pairModel, ...cuts } = reading;
  const fitted = calibrateOnValidation(poolBreasts(validation), { cohortSha256: cohort.sha256, ...cuts });
  const { calibrator, scale, reference, prevalence: fittedPrevalence } = fitted;
  const predictions = yield* predictAll("test", model, data.test);
  const breasts = poolBreasts(predictions);
  const test = evaluateTestSet(breasts, provenance);
  const calibration = evaluateCalibration(breasts, { calibrator, fittedPrevalence, seed: provenance.seed });
  const seconds = (performance.now() - begun) / 1000;
  const why = levelScores({ calibrator, scale });
  const warning = why === undefined ? {} : { warning: why };
  const tables = { table: stageTable(stages), testTable: metricsTable(test), calibrationTable: calibrationTable(calibration) };
  const summary = { ...run, calibrator, ...warning, test, calibration, seconds, ...tables };
  const bundle = join(folder, "bundle");
  const member = await saveMember(bundle, model, { name: "dreamNet", family: "dreamNet", seed: provenance.seed });
  const { standardization } = cohort;
  const more = { ...(reference && { reference }), ...(pairModel && { pairModel }), ...warning };
  await saveBundle(bundle, { members: [member], calibrator, scale, ...more, trainedOn: cohort.name, standardization, provenance });
  for (const [name, text] of Object.entries(predictionTables(breasts, calibrator))) await writeFileAtomically(join(folder, name), text);
  await writeFileAtomically(join(folder, "report.html"), await reportPage(summary, breasts, predictions));
  await writeFileAtomically(join(folder, "summary.json"), json(summary));
  return summary;
}

/** AUROC and the like of a model trained on shuffled labels, and AUROCs of untrained ones, on women that chose nothing. */
export interface SanityMetrics {
  readonly untrained: readonly number[];
  readonly shuffled: ValidationMetrics;
}

/** Scores a model that was trained on shuffled labels, and three untrained ones; writes sanity.json. Both must stay near an AUROC of 0.5. */
export async function* checkSanity({ folder, model, data, run }: Omit<TestedDream, "begun" | "reading">): AsyncGenerator<Progress, SanityMetrics> {
  // Neither set chose anything here, so both may count.
  const unseen = [...data.validation, ...data.test];
  const shuffled = validate(poolBreasts(yield* predictAll("unseen", model, unseen)));
  const { seed } = run.provenance;
  const untrained = (await validateUntrained(unseen, { width: run.width, seeds: [seed, seed + 1, seed + 2] })).map(({ auroc }) => auroc);
  await writeFileAtomically(join(folder, "sanity.json"), json({ ...run, untrained, shuffled }));
  return { untrained, shuffled };
}

async function* predictAll(phase: string, model: DreamNet, views: readonly StoredView[]): AsyncGenerator<Progress, ViewPrediction<StoredView>[]> {
  const found: ViewPrediction<StoredView>[] = [];
  for await (const prediction of predictStored(model, views)) {
    found.push(prediction);
    yield { phase, done: found.length, total: views.length };
  }
  return found;
}
