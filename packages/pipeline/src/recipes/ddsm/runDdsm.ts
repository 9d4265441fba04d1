import { standardizationVersion } from "@mammo/io";
import type { Cohort, LesionCrop } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Progress } from "../../progress.ts";
import type { Provenance } from "../../run/provenance.ts";
import { storeImages } from "../../store/imageStore.ts";
import { latestExams } from "../dream/cohorts.ts";
import type { DdsmConfig } from "./ddsmConfig.ts";
import { estimateCost } from "./estimateCost.ts";
import { type FoldOptions, type FoldViews, splitFold } from "./splitFold.ts";
import { type DdsmSummary, testDdsm } from "./testDdsm.ts";
import { trainDdsm } from "./trainDdsm.ts";

/** A fold of the recipe. */
export interface DdsmRun extends Pick<FoldOptions, "fold" | "foldOf"> {
  /** Of all that the run writes; to be opened with `openRunFolder`. */
  readonly folder: string;
  /** Where the standard images are kept, for all folds. */
  readonly shards: string;
  readonly config: DdsmConfig;
  /** Factor on every channel count. */
  readonly width: number;
  readonly provenance: Provenance;
  /** Lesions known as crops; those of women who validate or test, and masses, whose films are there, are left out. Default none. */
  readonly crops?: readonly LesionCrop[];
  /** Threads that cut S1's patches while the backend computes; changes no result. Default 0: they are cut between the steps. */
  readonly patchThreads?: number;
  /** Measure what happens inside the net, for `writeDiagnosis`; changes no result. Default false. */
  readonly diagnose?: boolean;
  /** `performance.now()` when the run began. Default: now. */
  readonly begun?: number;
}

/**
 * One fold of the recipe for densely annotated films: patches of lesions with what readers wrote of them, then whole films from a head that begins as the detector judges;
 * the stage that ranks validation women best is calibrated on them and scores the fold's women. Ended at any moment and called again with the same arguments, it goes on to the same bytes.
 *
 * Order of stages, learning rates, patch sampling and what of Adam is restored: documented or re-implementation, as in `runDream`; traits, plain head, cells' loss, choice of the stage: ours.
 *
 * @throws PipelineError as `storeImages` and `splitFold`; TrainError as `trainStage` of @mammo/train.
 * @example
 * const run = runDdsm(cohort, { folder, shards, fold: 0, config: ddsmConfig(), width: 0.125, provenance });
 * for (let step = await run.next(); !step.done; step = await run.next()) show(step.value);
 */
export async function* runDdsm(cohort: Cohort, options: DdsmRun): AsyncGenerator<Progress, DdsmSummary> {
  requireKnownKeys("runDdsm", options, {
    folder: true,
    shards: true,
    config: true,
    width: true,
    provenance: true,
    crops: true,
    patchThreads: true,
    diagnose: true,
    begun: true,
    fold: true,
    foldOf: true,
  });
  const { folder, shards, config, width, fold, foldOf, provenance, patchThreads = 0, diagnose = false, begun = performance.now() } = options;
  const { seed } = provenance;
  const views = yield* storeImages(latestExams(cohort), { folder: shards, cacheBytes });
  const data = splitFold(views, { fold, foldOf, validation: config.validation, seed });
  const crops = croppedLesions(options.crops ?? [], data);
  const notes = { cohort: cohort.sha256, seed: String(seed), fold: String(fold) };
  const lessons = { folder, notes, seed, width, config, crops, patchThreads, diagnose, ...data };
  yield { phase: "estimate", done: 0, total: 1 };
  const cost = await estimateCost(lessons, { width });
  yield {
    phase: "estimate",
    done: 1,
    total: 1,
    note: `about ${minutes(cost.S1)} min of patches and ${minutes(cost.S2)} min of films on this machine as it is now`,
  };
  const { model, stages, chosen, defects } = yield* trainDdsm(lessons);
  try {
    const { name, sha256 } = cohort;
    const women = new Set(views.map(({ patientId }) => patientId)).size;
    const told = { name, sha256, women, images: views.length, standardization: standardizationVersion };
    return yield* testDdsm({ folder, model, data, run: { cohort: told, config, width, fold, stages, chosen, defects, provenance }, begun });
  } finally {
    model.dispose();
  }
}

const minutes = (seconds: number): string => (seconds / 60).toFixed(seconds < 600 ? 1 : 0);

/** Some 1,600 films of 1200 x 800: all of CBIS-DDSM's with masses. */
const cacheBytes = 3 * 2 ** 30;

/** The crops to learn from: calcifications, whose films are not there, of women who neither validate nor test. */
function croppedLesions(crops: readonly LesionCrop[], { validation, test }: FoldViews): LesionCrop[] {
  const heldOut = new Set([...validation, ...test].map(({ patientId }) => patientId));
  return crops.filter(({ kind, withoutCallback, patientId }) => kind !== "mass" && !withoutCallback && !heldOut.has(patientId));
}
