// From trained members to what a run leaves: predictions, bundle, summary and report.
import { join } from "node:path";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import type { DreamNet } from "@mammo/models";
import type { BundleFile, BundleMember } from "../../bundle/bundleFile.ts";
import { saveBundle, saveMember } from "../../bundle/bundleFolder.ts";
import { levelScores } from "../../bundle/levelScores.ts";
import { type CalibrateOnValidationOptions, calibrateOnValidation } from "../../predict/calibrateOnValidation.ts";
import { evaluateCalibration } from "../../predict/evaluateCalibration.ts";
import { evaluateTestSet } from "../../predict/evaluateTestSet.ts";
import { memberTable, predictionTables } from "../../predict/predictionTables.ts";
import { poolBreasts, type ViewPrediction } from "../../predict/predictViews.ts";
import { type ValidationMetrics, validate } from "../../predict/validate.ts";
import type { Progress } from "../../progress.ts";
import { type ExaminingMember, poolViews } from "../../score/examineExams.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { breastsOfMembers, compareMembers } from "./compareMembers.ts";
import { examineStored, type StoredExamination } from "./examineStored.ts";
import type { DreamData } from "./prepareDream.ts";
import { reportPage } from "./reportPage.ts";
import { validateUntrained } from "./sanity.ts";
import { calibrationTable, memberRows, metricsTable, type RunSummary, type Summary, stageTable } from "./summary.ts";
import type { TrainedMember } from "./trainFamilies.ts";
import { predictStored } from "./validateModel.ts";

/** Trained members, the data that they were not trained on, and what their run says of itself. */
export interface TestedDream {
  readonly folder: string;
  /** One of each family at most, a DreamNet among them. */
  readonly trained: readonly TrainedMember[];
  readonly data: Pick<DreamData, "validation" | "test">;
  readonly run: RunSummary;
  /** `performance.now()` when the run began. */
  readonly begun: number;
  /** How the bundle's scale is cut, and by what it pairs CC and MLO. */
  readonly reading?: Omit<CalibrateOnValidationOptions, "cohortSha256"> & Pick<BundleFile, "pairModel">;
}

/**
 * Calibrates on the validation women, scores the test women once, and writes bundle/, predictions.tsv, predictions_exams.tsv, labels.tsv, report.html and summary.json; members.tsv where there are
 * several. Several members are calibrated one by one, then pooled by family, then calibrated together. Yields phases "validation" and "test".
 */
export async function* testDream({ folder, trained, data, run, begun, reading = {} }: TestedDream): AsyncGenerator<Progress, Summary> {
  const { cohort, provenance, stages } = run;
  const { seed } = provenance;
  const bundle = join(folder, "bundle");
  const validation = yield* examineStored("validation", trained, { views: data.validation, seed });
  const raw = trained.map(({ family }): ExaminingMember => ({ name: family, family, seed }));
  const members =
    raw.length === 1
      ? raw
      : breastsOfMembers(raw, validation).map((breasts, index) => {
          const { calibrator } = calibrateOnValidation(breasts, { cohortSha256: cohort.sha256 });
          return { ...raw[index]!, calibrator };
        });
  const fitted = poolBreasts(pooled(members, validation));
  const { pairModel, ...cuts } = reading;
  const { calibrator, scale, reference, prevalence: fittedPrevalence } = calibrateOnValidation(fitted, { cohortSha256: cohort.sha256, ...cuts });
  const examined = yield* examineStored("test", trained, { views: data.test, seed });
  const predictions = pooled(members, examined);
  const breasts = poolBreasts(predictions);
  const test = evaluateTestSet(breasts, provenance);
  const calibration = evaluateCalibration(breasts, { calibrator, fittedPrevalence, seed });
  const ofMembers = members.length > 1 ? compareMembers(members, { validation, test: examined, pooled: breasts, seed }) : undefined;
  const seconds = (performance.now() - begun) / 1000;
  const why = levelScores({ calibrator, scale });
  const warning = why === undefined ? {} : { warning: why };
  const tables = { table: stageTable(stages), testTable: metricsTable(test), calibrationTable: calibrationTable(calibration) };
  const together = ofMembers ? { members: ofMembers, memberTable: memberRows(ofMembers) } : {};
  const summary = { ...run, calibrator, ...warning, test, calibration, ...together, seconds, ...tables };
  const saved: BundleMember[] = [];
  for (const [index, member] of members.entries()) saved.push(await saveMember(bundle, trained[index]!.model, member));
  const { standardization } = cohort;
  const more = { ...(reference && { reference }), ...(pairModel && { pairModel }), ...warning };
  await saveBundle(bundle, { members: saved, calibrator, scale, ...more, trainedOn: cohort.name, standardization, provenance });
  const written = { ...predictionTables(breasts, calibrator), ...(ofMembers ? memberTable(members, breastsOfMembers(members, examined)) : {}) };
  for (const [name, text] of Object.entries(written)) await writeFileAtomically(join(folder, name), text);
  await writeFileAtomically(join(folder, "report.html"), await reportPage(summary, breasts, predictions));
  await writeFileAtomically(join(folder, "summary.json"), json(summary));
  return summary;
}

/** What all members together say of each view. */
function pooled(members: readonly ExaminingMember[], views: readonly StoredExamination[]): ViewPrediction<StoredView>[] {
  const logits = poolViews(
    members,
    views.map(({ said }) => said),
  );
  return views.map(({ view, heatmap }, index) => ({ view, heatmap, logit: logits[index]! }));
}

/** AUROC and the like of a model trained on shuffled labels, and AUROCs of untrained ones, on women that chose nothing. */
export interface SanityMetrics {
  readonly untrained: readonly number[];
  readonly shuffled: ValidationMetrics;
}

/** Scores a model that was trained on shuffled labels, and three untrained ones; writes sanity.json. Both must stay near an AUROC of 0.5. */
export async function* checkSanity({
  folder,
  model,
  data,
  run,
}: Omit<TestedDream, "begun" | "trained" | "reading"> & { readonly model: DreamNet }): AsyncGenerator<Progress, SanityMetrics> {
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
