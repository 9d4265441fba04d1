import { join } from "node:path";
import type { Cohort } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Progress } from "../../progress.ts";
import { type StoredView, storeImages } from "../../store/imageStore.ts";
import { latestExams, phantomCohort } from "./cohorts.ts";
import { shuffleLabels } from "./sanity.ts";
import { type InstanceViews, splitInstances } from "./splitInstances.ts";
import type { TrainingConfig } from "./trainingConfig.ts";

/** Where the data come from and how they are split. */
export interface DreamDataOptions {
  /** The run's folder: the standard images go to shards/ in it. */
  readonly folder: string;
  readonly config: TrainingConfig;
  readonly seed: number;
  /** Shuffle the labels of all that is trained on: a sanity check. */
  readonly shuffle: boolean;
}

/** What one instance learns from and is validated on. */
export interface DreamInstance extends InstanceViews {
  /** Training views with lesion boxes: the cohort's own, or a phantom's where it marks none. */
  readonly annotated: readonly StoredView[];
}

/** The data of a run. */
export interface DreamData {
  readonly instances: readonly DreamInstance[];
  /** Of the women whom no stage of no instance has seen. */
  readonly test: readonly StoredView[];
  readonly women: number;
  readonly images: number;
}

/**
 * Standardizes the latest exam of each woman of a cohort, splits by woman, and finds the views with annotations: a cohort that marks no lesion learns S1 and S2
 * from a phantom, as DDSM gave the dense annotations for the challenge. Yields phases "standardize", "S1 and S2 learn from a phantom cohort" and "standardize phantom".
 *
 * @throws PipelineError `one-class`, and as `storeImages`.
 */
export async function* prepareDream(cohort: Cohort, options: DreamDataOptions): AsyncGenerator<Progress, DreamData> {
  requireKnownKeys("prepareDream", options, { folder: true, config: true, seed: true, shuffle: true });
  const { folder, config, seed, shuffle } = options;
  const views = yield* storeImages(latestExams(cohort), { folder: join(folder, "shards") });
  const { test, instances } = splitInstances(views, config, seed);
  const shuffled = (own: readonly StoredView[]) => (shuffle ? shuffleLabels(own, seed) : [...own]);
  const isAnnotated = instances.every(({ train }) => train.some(({ lesions }) => lesions.length > 0));
  const phantoms = isAnnotated ? undefined : shuffled(yield* phantomViews(options));
  return {
    test,
    instances: instances.map((instance) => {
      const train = shuffled(instance.train);
      return { ...instance, train, annotated: phantoms ?? train };
    }),
    women: new Set(views.map(({ patientId }) => patientId)).size,
    images: views.length,
  };
}

async function* phantomViews({ folder, config, seed }: DreamDataOptions): AsyncGenerator<Progress, StoredView[]> {
  const cohort = yield* phantomCohort(join(folder, "cohort"), { women: config.women, seed, phase: "S1 and S2 learn from a phantom cohort" });
  return yield* storeImages(latestExams(cohort), { folder: join(folder, "shards-phantom"), phase: "standardize phantom" });
}
