// How much of everything: the documented recipe of the DREAM challenge's winner, cut to the minutes at hand.
import type { FamilyName } from "../../bundle/families.ts";

/** Steps, batch and learning rate of one stage. */
export interface StageConfig {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

/** How much data, how it is split, and how long each stage trains. */
export interface TrainingConfig {
  /** Women of the phantom cohort; other cohorts bring their own. */
  readonly women: number;
  /** Shares of the women, never a woman in two. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly stages: {
    /** Patches. Adam, 1e-3: documented. */
    readonly S1: StageConfig;
    /** The new layers alone, on the heatmaps of the detector as it came from S1: ours, since the documented 1e-4 needs more steps than a cohort this small has. */
    readonly "S2-head": StageConfig;
    /** Annotated images, from the detector's weights and Adam moments. Adam, 1e-4: documented. */
    readonly S2: StageConfig;
    /** Target images. Adam, 1e-4, averages of 0.9: documented. */
    readonly S3: StageConfig;
    /** From the averages. SGD, 1e-4: documented. */
    readonly S4: StageConfig;
  };
  /** S5, the families beside DreamNet, each from the detector of S1 (the families are documented, their stages ours). */
  readonly families: Readonly<Record<FamilyStage, StageConfig>>;
  /** In how many training views at most RetinaNet's false marks are mined, three times. */
  readonly mineIn: number;
}

/** Stages of S5. */
export type FamilyStage = "retinaNet" | "caracNet" | "caracNetSymmetry" | "dreamNetSymmetry-head" | "dreamNetSymmetry";

/** The families that S5 trains, in this order; `dreamNet` is what S1 to S4 train. */
export const laterFamilies = ["retinaNet", "caracNet", "caracNetSymmetry", "dreamNetSymmetry"] as const satisfies readonly FamilyName[];

/** One of them. */
export type LaterFamily = (typeof laterFamilies)[number];

/** One of the five stages. */
export type StageName = keyof TrainingConfig["stages"];

/** The stages, in their order. */
export const stageNames = ["S1", "S2-head", "S2", "S3", "S4"] as const satisfies readonly StageName[];

const trainingDefaults: TrainingConfig = {
  women: 240,
  split: { train: 0.56, validation: 0.16, test: 0.28 },
  stages: {
    S1: { steps: 450, batch: 16, learningRate: 1e-3 },
    "S2-head": { steps: 400, batch: 64, learningRate: 1e-2 },
    S2: { steps: 80, batch: 4, learningRate: 1e-4 },
    S3: { steps: 60, batch: 4, learningRate: 1e-4 },
    S4: { steps: 20, batch: 4, learningRate: 1e-4 },
  },
  families: {
    retinaNet: { steps: 400, batch: 12, learningRate: 2e-3 },
    caracNet: { steps: 240, batch: 16, learningRate: 1e-3 },
    caracNetSymmetry: { steps: 240, batch: 16, learningRate: 1e-3 },
    "dreamNetSymmetry-head": { steps: 300, batch: 32, learningRate: 1e-2 },
    dreamNetSymmetry: { steps: 40, batch: 4, learningRate: 1e-4 },
  },
  mineIn: 40,
};

const quickSteps = {
  ...{ S1: 120, "S2-head": 200, S2: 10, S3: 10, S4: 4 },
  ...{ retinaNet: 40, caracNet: 30, caracNetSymmetry: 30, "dreamNetSymmetry-head": 100, dreamNetSymmetry: 4 },
} as const satisfies Record<StageName | FamilyStage, number>;

/** The defaults, or those of a run that is to be seen and not to learn; `stepScale` multiplies the steps of every stage, rounded up. */
export function trainingConfig({
  quick = false,
  women = quick ? 60 : trainingDefaults.women,
  stepScale = 1,
}: {
  readonly quick?: boolean;
  readonly women?: number | undefined;
  readonly stepScale?: number;
} = {}): TrainingConfig {
  const cut = <Name extends keyof typeof quickSteps>(stages: Readonly<Record<Name, StageConfig>>) =>
    Object.fromEntries(
      (Object.keys(stages) as Name[]).map((name) => {
        const { steps, ...stage } = stages[name];
        return [name, { steps: Math.ceil((quick ? quickSteps[name] : steps) * stepScale), ...stage }];
      }),
    ) as Record<Name, StageConfig>;
  const { stages, families, mineIn } = trainingDefaults;
  return {
    ...trainingDefaults,
    women,
    stages: cut(stages),
    families: cut(families),
    mineIn: Math.ceil((quick ? 4 : mineIn) * Math.min(1, stepScale)),
  };
}
