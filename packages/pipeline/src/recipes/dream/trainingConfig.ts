import { requireKnownKeys } from "@mammo/mammogram";

// How much of everything: the documented recipe of the DREAM challenge's winner, cut to the minutes at hand.

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
}

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
};

const quickSteps = { S1: 120, "S2-head": 200, S2: 10, S3: 10, S4: 4 } satisfies Record<StageName, number>;

/** The defaults, or those of a run that is to be seen and not to learn; `stepScale` multiplies the steps of every stage, rounded up. */
export function trainingConfig(
  options: { readonly quick?: boolean; readonly women?: number | undefined; readonly stepScale?: number } = {},
): TrainingConfig {
  requireKnownKeys("trainingConfig", options, { quick: true, women: true, stepScale: true });
  const { quick = false, women = quick ? 60 : trainingDefaults.women, stepScale = 1 } = options;
  const stageOf = (name: StageName): readonly [StageName, StageConfig] => {
    const stage = trainingDefaults.stages[name];
    return [name, { ...stage, steps: Math.ceil((quick ? quickSteps[name] : stage.steps) * stepScale) }];
  };
  return { ...trainingDefaults, women, stages: Object.fromEntries(stageNames.map(stageOf)) as unknown as TrainingConfig["stages"] };
}
