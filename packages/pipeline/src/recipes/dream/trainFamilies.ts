// S5: the families beside DreamNet, each from the detector of S1.
import { detectorNet, pathologyClasses } from "@mammo/models";
import { decodeCheckpoint, restoreWeights } from "@mammo/train";
import type { StageSummary } from "@mammo/train/node";
import type { ModelOfFamily } from "../../bundle/families.ts";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { graphTrainers } from "../graphs/graphTrainers.ts";
import type { TrackedRun } from "../stages/trackStages.ts";
import { type LaterFamily, laterFamilies, type TrainingConfig } from "./trainingConfig.ts";

/** What S5 trains on. */
export interface FamilyTraining extends TrackedRun {
  readonly seed: number;
  readonly width: number;
  readonly config: Pick<TrainingConfig, "families" | "mineIn">;
  /** Views with lesion boxes. */
  readonly annotated: readonly StoredView[];
  /** The last checkpoint of S1. */
  readonly S1: Uint8Array;
  /** Which families are wanted. */
  readonly families: readonly LaterFamily[];
}

/** A trained model of a family. */
export interface TrainedMember<Family extends keyof ModelOfFamily = keyof ModelOfFamily> {
  readonly family: Family;
  readonly model: ModelOfFamily[Family];
}

/** The trained families, how their stages went, and in words which ones the annotated views cannot teach. */
export interface TrainedFamilies {
  readonly members: readonly TrainedMember[];
  readonly stages: readonly StageSummary[];
  readonly leftOut: readonly string[];
}

/**
 * Trains the families that are wanted, or goes on where an earlier run of the same folder was ended, to the same weights; the caller disposes of the models. Yields after each step.
 *
 * RetinaNet tells benign from malignant lesions, so that it says something of cancer by itself (ours). A family that the annotated views cannot teach is left out, CaracNets also where no RetinaNet proposes what they look at.
 */
export async function* trainFamilies(run: FamilyTraining): AsyncGenerator<Progress, TrainedFamilies> {
  const { seed, width, config, annotated, families } = run;
  const stages: StageSummary[] = [];
  const tracked = { folder: run.folder, ...(run.notes ? { notes: run.notes } : {}), diagnose: run.diagnose ?? false, saveEvery: 100 };
  const { families: steps, mineIn } = config;
  const trainers = graphTrainers({ ...tracked, train: annotated, seed, width, stages: steps, mineIn, retinaClasses: pathologyClasses }, stages);
  const leftOut: string[] = [];
  const members: TrainedMember[] = [];
  const detector = detectorNet({ width, seed });
  let isDone = false;
  try {
    restoreWeights(detector, decodeCheckpoint(run.S1).weights);
    for (const family of laterFamilies) {
      if (!families.includes(family)) continue;
      const why = whyNot(family, annotated, members);
      if (why === undefined) members.push({ family, model: yield* trainers[family](detector) });
      else leftOut.push(`${family} was left out: ${why}`);
    }
    isDone = true;
    return { members, stages, leftOut };
  } finally {
    detector.dispose();
    // Whoever stops early leaves no model behind.
    if (!isDone) for (const { model } of members) model.dispose();
  }
}

/** Why the views cannot teach a family; undefined where they can. */
function whyNot(family: LaterFamily, annotated: readonly StoredView[], before: readonly TrainedMember[]): string | undefined {
  const lesions = annotated.flatMap((view) => view.lesions);
  switch (family) {
    case "retinaNet":
      return lesions.length > 0 ? undefined : "no training view has a marked lesion";
    case "caracNet":
    case "caracNetSymmetry":
      if (!before.some((one) => one.family === "retinaNet")) return "without a RetinaNet nothing proposes what it looks at";
      return new Set(lesions.map(({ malignant }) => malignant)).size === 2
        ? undefined
        : "the training views have no lesions both benign and malignant";
    case "dreamNetSymmetry":
      return undefined;
  }
}
