import { join } from "node:path";
import type { PairModel } from "@mammo/ensemble";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import type { Cohort } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Progress } from "../../progress.ts";
import type { Provenance } from "../../run/provenance.ts";
import { prepareDream } from "./prepareDream.ts";
import type { RunSummary, Summary } from "./summary.ts";
import { checkSanity, type SanityMetrics, testDream } from "./testDream.ts";
import { type TrainedDream, trainDream } from "./trainDream.ts";
import { type InstanceResult, trainInstance } from "./trainInstance.ts";
import { type LaterFamily, laterFamilies, type StageName, type TrainingConfig } from "./trainingConfig.ts";

/** A run of the recipe. */
export interface DreamRun {
  /** Of all that the run writes; to be opened with `openRunFolder`. */
  readonly folder: string;
  readonly config: TrainingConfig;
  readonly provenance: Provenance;
  /** The last stage to run. Default S5, the families beside DreamNet. */
  readonly last?: StageName | "S5";
  /** Which families S5 trains. Default all; none in a sanity run. */
  readonly families?: readonly LaterFamily[];
  /** Only this instance, counted from 0: its weights and its result are left for a run of all. Default all, and the test. */
  readonly instance?: number;
  /** Train on shuffled labels instead, and compare with untrained nets. */
  readonly sanity?: boolean;
  /** Measure what happens inside the net, for `writeDiagnosis`; changes no result. Default false. */
  readonly diagnose?: boolean;
  /** By what the bundle pairs CC and MLO, as `npm run pairing` fits it; default the model set by hand. */
  readonly pairModel?: PairModel;
  /** `performance.now()` when the run began, for the summary's seconds. Default: now. */
  readonly begun?: number;
}

/** What a run has come to: `test`, or `sanity`, or neither where it ended after S1, whose model scores no breast, or was of one instance. */
export interface DreamResult {
  readonly run: RunSummary;
  readonly test?: Summary;
  readonly sanity?: SanityMetrics;
}

/**
 * The whole recipe: standardizes a cohort, trains the stages and families of each instance, calibrates, scores the women whom no stage has seen, and writes bundle, predictions, summary and report.
 * Ended at any moment and called again with the same arguments, it goes on to the same bytes. Instances are independent: other processes may run them, each with `instance`, before a run of all.
 *
 * @throws PipelineError as `prepareDream`; TrainError as `trainStage` of @mammo/train; RangeError for an instance that is none.
 * @example
 * const run = runDream(cohort, { folder, config: trainingConfig(), provenance });
 * for (let step = await run.next(); !step.done; step = await run.next()) show(step.value);
 */
export async function* runDream(cohort: Cohort, options: DreamRun): AsyncGenerator<Progress, DreamResult> {
  requireKnownKeys("runDream", options, {
    folder: true,
    config: true,
    provenance: true,
    last: true,
    families: true,
    instance: true,
    sanity: true,
    diagnose: true,
    pairModel: true,
    begun: true,
  });
  const { folder, config, provenance, last = "S5", instance, sanity = false, diagnose = false, begun = performance.now(), pairModel } = options;
  const { seed } = provenance;
  const { width } = config;
  const data = yield* prepareDream(cohort, { folder, config, seed, shuffle: sanity });
  const { women, images, instances } = data;
  if (instance !== undefined && !instances[instance]) throw new RangeError(`Expected an instance from 0 to ${instances.length - 1}, got ${instance}`);
  const { name, sha256 } = cohort;
  const notes = { cohort: sha256, seed: String(seed) };
  const origin = { cohort: { name, sha256, women, images, standardization: standardizationVersion }, config, width, provenance };

  if (sanity || last === "S1") {
    const { train: target, ...own } = instances[0]!;
    // Shuffled labels choose nothing: the numbers of a sanity run are of the validation women too.
    const stages = { ...own, folder, notes, width, stages: config.stages, target, diagnose, choose: !sanity };
    const { model, ...trained } = yield* trainDream({ ...stages, ...(last === "S5" ? {} : { last }) });
    const run = { ...origin, ...summarize(trained) };
    try {
      if (model) return { run, sanity: yield* checkSanity({ folder, model, unseen: [...own.validation, ...data.test], run }) };
    } finally {
      model?.dispose();
    }
    await writeFileAtomically(join(folder, "summary.json"), json(run));
    return { run };
  }

  const families = last === "S5" ? (options.families ?? laterFamilies) : [];
  const results: InstanceResult[] = [];
  for (const [at, own] of instances.entries()) {
    if (instance !== undefined && at !== instance) continue;
    const alone = instances.length === 1;
    const place = alone ? folder : join(folder, "instances", String(at + 1));
    const shared = { notes, cohort: sha256, config, width, families, test: data.test, diagnose, ...(last === "S5" ? {} : { last }) };
    const work = trainInstance(own, { ...shared, folder: place, bundle: join(folder, "bundle"), suffix: alone ? "" : `-${at + 1}` });
    results.push(yield* alone ? work : numbered(work, at + 1));
  }
  const [first] = results as [InstanceResult];
  const several =
    instances.length > 1
      ? { instances: results.map(({ seed, fold, ...one }) => ({ seed, ...(fold === undefined ? {} : { fold }), ...summarize(one) })) }
      : {};
  const run = { ...origin, ...summarize(first), ...several };
  return instance === undefined
    ? { run, test: yield* testDream({ folder, instances: results, data, run, begun, ...(pairModel && { pairModel }) }) }
    : { run };
}

/** What the summary says of the training of an instance. */
function summarize({
  stages,
  chosen,
  defects,
  leftOut = [],
}: Pick<TrainedDream, "stages" | "chosen" | "defects"> & { readonly leftOut?: readonly string[] }) {
  return { stages, ...(chosen ? { chosen } : {}), defects, leftOut };
}

/** The same work, its phases with the instance's number. */
async function* numbered<T>(work: AsyncGenerator<Progress, T>, number: number): AsyncGenerator<Progress, T> {
  for (let step = await work.next(); ; step = await work.next()) {
    if (step.done) return step.value;
    yield { ...step.value, phase: `instance ${number}, ${step.value.phase}` };
  }
}
