// From trained instances to what a run leaves: predictions, bundle, summary and report.
import { join } from "node:path";
import type { PairModel } from "@mammo/ensemble";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import type { DreamNet } from "@mammo/models";
import type { Bundle } from "../../bundle/bundle.ts";
import type { BundleMember } from "../../bundle/bundleFile.ts";
import { loadBundle, saveBundle } from "../../bundle/bundleFolder.ts";
import { familyNames } from "../../bundle/families.ts";
import { levelScores } from "../../bundle/levelScores.ts";
import { loadMember } from "../../bundle/loadMember.ts";
import { calibrateOnValidation } from "../../predict/calibrateOnValidation.ts";
import { evaluateCalibration } from "../../predict/evaluateCalibration.ts";
import { evaluateTestSet } from "../../predict/evaluateTestSet.ts";
import { memberTable, predictionTables } from "../../predict/predictionTables.ts";
import { poolBreasts, type ViewPrediction } from "../../predict/predictViews.ts";
import { type ValidationMetrics, validate } from "../../predict/validate.ts";
import type { Progress } from "../../progress.ts";
import { meanHeatmap, openModels, poolViews } from "../../score/examineExams.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { compareMembers, type SeenBreasts } from "./compareMembers.ts";
import { examineStored } from "./examineStored.ts";
import { pairCancers } from "./pairCancers.ts";
import type { DreamData } from "./prepareDream.ts";
import { reportPage, selectExamples } from "./reportPage.ts";
import { validateUntrained } from "./sanity.ts";
import { calibrationTable, memberRows, metricsTable, type RunSummary, type Summary, stageTable } from "./summary.ts";
import type { InstanceResult } from "./trainInstance.ts";
import { predictStored } from "./validateModel.ts";

/** Trained instances, the data that they were not trained on, and what their run says of itself. */
export interface TestedDream {
  readonly folder: string;
  /** Their members' weights lie in bundle/ of the folder. */
  readonly instances: readonly InstanceResult[];
  readonly data: Pick<DreamData, "instances" | "test">;
  readonly run: RunSummary;
  /** `performance.now()` when the run began. */
  readonly begun: number;
  /** By what the bundle pairs CC and MLO; default the model set by hand. */
  readonly pairModel?: PairModel;
}

/** Views and what is said of each. */
type SaidViews = readonly { readonly view: StoredView; readonly logit: number }[];

/**
 * Calibrates on the validation women, scores the test women once, and writes bundle/, predictions.tsv, predictions_exams.tsv, labels.tsv, report.html and summary.json; members.tsv where there are
 * several members. Those are calibrated one by one, on the women that their instance was validated on, then pooled by family, then calibrated together: a validation woman is scored by the members that
 * have not trained on her, a test woman by all. Yields phases "pairs" and "examples".
 */
export async function* testDream({ folder, instances, data, run, begun, pairModel }: TestedDream): AsyncGenerator<Progress, Summary> {
  const { cohort, provenance, stages } = run;
  const { seed } = provenance;
  const cohortSha256 = cohort.sha256;
  const isAlone = instances.length === 1 && instances[0]!.members.length === 1;
  const members: BundleMember[] = instances.flatMap((instance, at) =>
    instance.members.map((member, index) => {
      if (isAlone) return member;
      const own = said(data.instances[at]!.validation, instance.validation, index);
      return { ...member, calibrator: calibrateOnValidation(poolBreasts(own), { cohortSha256 }).calibrator };
    }),
  );
  /** Of some members: views that none of them has trained on, test views that none at all has. */
  const seen = (name: string, wanted: (member: BundleMember) => boolean): SeenBreasts => {
    const chosen = members.filter(wanted);
    const validation = unseenByFold(data.instances).flatMap(({ fold, views }) => {
      const [own, logits] = columns(instances, members, { wanted: (member) => wanted(member) && member.fold === fold, part: "validation" });
      return own.length > 0 ? pooled(own, views, logits) : [];
    });
    const [own, logits] = columns(instances, members, { wanted, part: "test" });
    return { name, members: chosen.length, validation: poolBreasts(validation), test: poolBreasts(pooled(own, data.test, logits)) };
  };
  const together = seen("all", () => true);
  const fitted = calibrateOnValidation(together.validation, { cohortSha256, scale: run.config.scale });
  const { calibrator, scale, reference, prevalence: fittedPrevalence } = fitted;
  const breasts = together.test;
  const test = evaluateTestSet(breasts, { seed });
  const calibration = evaluateCalibration(breasts, { calibrator, fittedPrevalence, seed });
  const parts = isAlone ? [] : partsOf(members, seen);
  const ofMembers = compareMembers(parts, { together: breasts, seed });
  const why = levelScores({ calibrator, scale, members });
  const warning = why === undefined ? {} : { warning: why };
  const { standardization } = cohort;
  const more = { ...(reference && { reference }), ...(pairModel && { pairModel }), ...warning };
  const place = join(folder, "bundle");
  await saveBundle(place, { members, calibrator, scale, ...more, trainedOn: cohort.name, standardization, provenance });
  const bundle = await loadBundle(place);
  const pairs = why === undefined && data.test.some(({ lesions }) => lesions.length > 0) ? { pairs: yield* pairCancers(bundle, data.test) } : {};
  const singles = members.map((member) => seen(member.name, ({ name }) => name === member.name).test);
  const written = { ...predictionTables(breasts, calibrator), ...(isAlone ? {} : memberTable(members, singles)) };
  for (const [name, text] of Object.entries(written)) await writeFileAtomically(join(folder, name), text);
  const [all, logits] = columns(instances, members, { wanted: () => true, part: "test" });
  const examples = yield* withHeatmaps(bundle, selectExamples(pooled(all, data.test, logits)), data.test);
  const seconds = (performance.now() - begun) / 1000;
  const tables = { table: stageTable(stages), testTable: metricsTable(test), calibrationTable: calibrationTable(calibration) };
  const beside = isAlone ? {} : { members: ofMembers, memberTable: memberRows(ofMembers) };
  const summary = { ...run, calibrator, ...warning, test, calibration, ...beside, ...pairs, seconds, ...tables };
  await writeFileAtomically(join(folder, "report.html"), await reportPage(summary, breasts, examples));
  await writeFileAtomically(join(folder, "summary.json"), json(summary));
  return summary;
}

/** The families; and where there are several instances the best member by the validation women, which a run without an ensemble would have. */
function partsOf(
  members: readonly BundleMember[],
  seen: (name: string, wanted: (member: BundleMember) => boolean) => SeenBreasts,
): readonly SeenBreasts[] {
  const families = familyNames.filter((family) => members.some((member) => member.family === family));
  const ofFamilies = families.map((family) => seen(family, (member) => member.family === family));
  if (members.length === families.length) return ofFamilies;
  const singles = members.map((member) => seen(`best member: ${member.name}`, ({ name }) => name === member.name));
  const areas = singles.map(({ validation }) => validate(validation).auroc);
  return [...ofFamilies, singles[areas.indexOf(minMax(areas)[1])]!];
}

/** Validation views by the fold that they are of; one entry where there are no folds. */
function unseenByFold(instances: DreamData["instances"]): readonly { readonly fold?: number; readonly views: readonly StoredView[] }[] {
  return instances
    .filter(({ fold }, at) => instances.findIndex((other) => other.fold === fold) === at)
    .map(({ fold, validation }) => ({ ...(fold === undefined ? {} : { fold }), views: validation }));
}

/** The wanted members, and by view what each of them says. */
function columns(
  instances: readonly InstanceResult[],
  members: readonly BundleMember[],
  { wanted, part }: { readonly wanted: (member: BundleMember) => boolean; readonly part: "validation" | "test" },
): [members: readonly BundleMember[], logits: readonly (readonly number[])[]] {
  const byName = new Map(members.map((member) => [member.name, member]));
  const chosen = instances.flatMap((instance) =>
    instance.members.flatMap(({ name }, index) => {
      const member = byName.get(name)!;
      return wanted(member) ? [{ member, column: instance[part].map((row) => row[index]!) }] : [];
    }),
  );
  const rows = chosen[0]?.column.map((_, view) => chosen.map(({ column }) => column[view]!)) ?? [];
  return [chosen.map(({ member }) => member), rows];
}

/** What some members together say of each view. */
function pooled(members: readonly BundleMember[], views: readonly StoredView[], logits: readonly (readonly number[])[]): SaidViews {
  const found = poolViews(
    members,
    logits.map((row) => row.map((logit) => ({ logit }))),
  );
  return views.map((view, index) => ({ view, logit: found[index]! }));
}

const said = (views: readonly StoredView[], logits: readonly (readonly number[])[], index: number): SaidViews =>
  views.map((view, at) => ({ view, logit: logits[at]![index]! }));

/** Some views with what the bundle's nets of whole views see in them; their exams are examined once more. */
async function* withHeatmaps(bundle: Bundle, chosen: SaidViews, all: readonly StoredView[]): AsyncGenerator<Progress, ViewPrediction<StoredView>[]> {
  const women = new Set(chosen.map(({ view }) => view.patientId));
  const wholeViews = bundle.members.filter(({ family }) => family === "dreamNet" || family === "dreamNetSymmetry");
  const open = await Promise.all(wholeViews.map((member) => loadMember(bundle, bundle.members.indexOf(member))));
  try {
    const views = all.filter(({ patientId }) => women.has(patientId));
    const found = yield* examineStored("examples", openModels(wholeViews, open), views);
    const heatmaps = new Map(found.map(({ view, said }) => [view, meanHeatmap(said.flatMap(({ heatmap }) => heatmap ?? []))]));
    return chosen.map(({ view, logit }) => ({ view, logit, heatmap: heatmaps.get(view)! }));
  } finally {
    for (const model of open) model.dispose();
  }
}

/** AUROC and the like of a model trained on shuffled labels, and AUROCs of untrained ones, on women that chose nothing. */
export interface SanityMetrics {
  readonly untrained: readonly number[];
  readonly shuffled: ValidationMetrics;
}

/** Scores a model that was trained on shuffled labels, and three untrained ones; writes sanity.json. Both must stay near an AUROC of 0.5. */
export async function* checkSanity(options: {
  readonly folder: string;
  readonly model: DreamNet;
  /** Validation and test women together, since neither set chose anything here. */
  readonly unseen: readonly StoredView[];
  readonly run: RunSummary;
}): AsyncGenerator<Progress, SanityMetrics> {
  requireKnownKeys("checkSanity", options, { folder: true, model: true, unseen: true, run: true });
  const { folder, model, unseen, run } = options;
  const found: ViewPrediction<StoredView>[] = [];
  for await (const prediction of predictStored(model, unseen)) {
    found.push(prediction);
    yield { phase: "unseen", done: found.length, total: unseen.length };
  }
  const shuffled = validate(poolBreasts(found));
  const { seed } = run.provenance;
  const untrained = (await validateUntrained(unseen, { width: run.width, seeds: [seed, seed + 1, seed + 2] })).map(({ auroc }) => auroc);
  await writeFileAtomically(join(folder, "sanity.json"), json({ ...run, untrained, shuffled }));
  return { untrained, shuffled };
}
