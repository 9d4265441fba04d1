import { join } from "node:path";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import type { Cohort } from "@mammo/io/node";
import type { Progress } from "../../progress.ts";
import type { Provenance } from "../../run/provenance.ts";
import { prepareDream } from "./prepareDream.ts";
import type { RunSummary, Summary } from "./summary.ts";
import { checkSanity, type SanityMetrics, type TestedDream, testDream } from "./testDream.ts";
import { trainDream } from "./trainDream.ts";
import { type TrainedFamilies, trainFamilies } from "./trainFamilies.ts";
import { type LaterFamily, laterFamilies, type StageName, type TrainingConfig } from "./trainingConfig.ts";

/** A run of the recipe. */
export interface DreamRun {
  /** Of all that the run writes; to be opened with `openRunFolder`. */
  readonly folder: string;
  readonly config: TrainingConfig;
  /** Factor on every channel count; 1 is the documented network. */
  readonly width: number;
  readonly provenance: Provenance;
  /** The last stage to run. Default S5, the families beside DreamNet. */
  readonly last?: StageName | "S5";
  /** Which families S5 trains. Default all; none in a sanity run. */
  readonly families?: readonly LaterFamily[];
  /** Train on shuffled labels instead, and compare with untrained nets. */
  readonly sanity?: boolean;
  /** Measure what happens inside the net, for `writeDiagnosis`; changes no result. Default false. */
  readonly diagnose?: boolean;
  /** How the bundle's scale is cut, and by what it pairs CC and MLO. Default: deciles, and the model set by hand. */
  readonly reading?: TestedDream["reading"];
  /** `performance.now()` when the run began, for the summary's seconds. Default: now. */
  readonly begun?: number;
}

/** What a run has come to: `test`, or `sanity`, or neither where it ended after S1, whose model scores no breast. */
export interface DreamResult {
  readonly run: RunSummary;
  readonly test?: Summary;
  readonly sanity?: SanityMetrics;
}

/**
 * The whole recipe: standardizes a cohort, trains the stages, calibrates, scores the women whom no stage has seen, and writes bundle, predictions, summary and report.
 * Ended at any moment and called again with the same arguments, it goes on to the same bytes.
 *
 * @throws PipelineError as `prepareDream`; TrainError as `trainStage` of @mammo/train.
 * @example
 * const run = runDream(cohort, { folder, config: trainingConfig(), width: 0.125, provenance });
 * for (let step = await run.next(); !step.done; step = await run.next()) show(step.value);
 */
export async function* runDream(cohort: Cohort, options: DreamRun): AsyncGenerator<Progress, DreamResult> {
  const { folder, config, width, provenance, last = "S5", sanity = false, diagnose = false, begun = performance.now(), reading = {} } = options;
  const families = sanity || last !== "S5" ? [] : (options.families ?? laterFamilies);
  const { seed } = provenance;
  const { women, images, ...data } = yield* prepareDream(cohort, { folder, config, seed, shuffle: sanity });
  const notes = { cohort: cohort.sha256, seed: String(seed) };
  const training = { folder, notes, seed, width, stages: config.stages, ...data, target: data.train, diagnose, ...(last === "S5" ? {} : { last }) };
  // Shuffled labels choose nothing: the numbers of a sanity run are of the validation women too.
  const { model, S1, chosen, defects, stages: ofDreamNet } = yield* trainDream({ ...training, choose: !sanity });
  let later: TrainedFamilies = { members: [], stages: [], leftOut: [] };
  try {
    if (model && families.length > 0) {
      const { annotated } = data;
      later = yield* trainFamilies({ folder, notes, seed, width, config, annotated, S1, families, diagnose });
    }
    const { name, sha256 } = cohort;
    const run = {
      cohort: { name, sha256, women, images, standardization: standardizationVersion },
      config,
      width,
      stages: [...ofDreamNet, ...later.stages],
      ...(chosen ? { chosen } : {}),
      defects,
      leftOut: later.leftOut,
      provenance,
    };
    if (model && sanity) return { run, sanity: yield* checkSanity({ folder, model, data, run }) };
    if (model)
      return { run, test: yield* testDream({ folder, trained: [{ family: "dreamNet", model }, ...later.members], data, run, begun, reading }) };
    await writeFileAtomically(join(folder, "summary.json"), json(run));
    return { run };
  } finally {
    model?.dispose();
    for (const member of later.members) member.model.dispose();
  }
}
