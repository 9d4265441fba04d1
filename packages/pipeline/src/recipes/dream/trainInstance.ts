// One instance of all families: its stages, and what its members say of the women whom it has not seen. Independent of the other instances.
import { join } from "node:path";
import { json } from "@mammo/files";
import { readJson, writeFileAtomically } from "@mammo/files/node";
import type { BundleMember } from "../../bundle/bundleFile.ts";
import { saveMember } from "../../bundle/bundleFolder.ts";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { examineStored } from "./examineStored.ts";
import type { DreamInstance } from "./prepareDream.ts";
import { type DreamTraining, type StageSummary, trainDream } from "./trainDream.ts";
import { type TrainedFamilies, trainFamilies } from "./trainFamilies.ts";
import type { LaterFamily, StageName, TrainingConfig } from "./trainingConfig.ts";

/** What an instance has come to: instance.json in its folder. */
export interface InstanceResult {
  /** SHA-256 of the cohort that it learned from. */
  readonly cohort: string;
  readonly seed: number;
  readonly fold?: number;
  readonly stages: readonly StageSummary[];
  /** The stage of DreamNet that is handed on: the best on validation women. */
  readonly chosen: StageName;
  /** In words, each stage that ended below one before it. */
  readonly defects: readonly string[];
  /** In words, each family that the cohort cannot teach. */
  readonly leftOut: readonly string[];
  /** Its members, uncalibrated; the weights lie in the run's bundle/. */
  readonly members: readonly BundleMember[];
  /** Logits of each view, by member. */
  readonly validation: readonly (readonly number[])[];
  readonly test: readonly (readonly number[])[];
}

/** Where an instance writes, and what it trains. */
export interface InstanceTraining extends Pick<DreamTraining, "notes" | "width" | "diagnose" | "last"> {
  /** Of its checkpoints and its result. */
  readonly folder: string;
  /** Of the run's bundle, which gets the members' weights. */
  readonly bundle: string;
  readonly cohort: string;
  readonly config: TrainingConfig;
  readonly families: readonly LaterFamily[];
  readonly test: readonly StoredView[];
  /** Added to the names of its members; none where it is alone. */
  readonly suffix: string;
}

/**
 * Trains DreamNet by S1 to S4 and the other families by S5, and examines validation and test women with all of them; or goes on where an earlier call was ended, to the same bytes. A finished instance
 * is not run again. Yields after each step.
 */
export async function* trainInstance(instance: DreamInstance, run: InstanceTraining): AsyncGenerator<Progress, InstanceResult> {
  const { folder, bundle, cohort, config, families, width, notes = {}, diagnose = false, test, suffix, last } = run;
  const path = join(folder, "instance.json");
  const finished = await readJson(path);
  if (isResult(finished, cohort)) return finished;
  const { seed, fold, train, annotated, validation } = instance;
  const training = { folder, notes, seed, width, stages: config.stages, annotated, target: train, validation, diagnose, ...(last ? { last } : {}) };
  const { model, S1, chosen, defects, stages } = yield* trainDream(training);
  let later: TrainedFamilies = { members: [], stages: [], leftOut: [] };
  try {
    if (families.length > 0) later = yield* trainFamilies({ folder, notes, seed, width, config, annotated, S1, families, diagnose });
    const trained = [{ family: "dreamNet" as const, model: model! }, ...later.members];
    const examine = async function* (phase: string, views: readonly StoredView[]) {
      const found = yield* examineStored(
        phase,
        trained.map(({ family }) => ({ name: family, family, seed })),
        { views, get: async (index) => trained[index]!.model },
      );
      return found.map(({ said }) => said.map(({ logit }) => logit));
    };
    const ofValidation = yield* examine("validation", validation);
    const ofTest = yield* examine("test", test);
    const members: BundleMember[] = [];
    for (const { family, model: net } of trained)
      members.push(await saveMember(bundle, net, { name: `${family}${suffix}`, family, seed, ...(fold === undefined ? {} : { fold }) }));
    const result: InstanceResult = {
      ...{ cohort, seed, ...(fold === undefined ? {} : { fold }) },
      ...{ stages: [...stages, ...later.stages], chosen: chosen!, defects, leftOut: later.leftOut },
      ...{ members, validation: ofValidation, test: ofTest },
    };
    await writeFileAtomically(path, json(result));
    return result;
  } finally {
    model?.dispose();
    for (const member of later.members) member.model.dispose();
  }
}

function isResult(kept: unknown, cohort: string): kept is InstanceResult {
  return typeof kept === "object" && kept !== null && (kept as Partial<InstanceResult>).cohort === cohort;
}
