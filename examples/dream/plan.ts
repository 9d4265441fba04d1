// How much of everything: the documented recipe of the DREAM challenge's winner, cut to the minutes at hand.

export interface StagePlan {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

export interface Plan {
  /** Women of the phantom cohort; other cohorts bring their own. */
  readonly women: number;
  /** Shares of the women, never a woman in two. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly stages: {
    /** Patches. Adam, 1e-3: documented. */
    readonly S1: StagePlan;
    /** The new layers alone, on the heatmaps of the detector as it came from S1: ours, since the documented 1e-4 needs more steps than a cohort this small has. */
    readonly "S2-head": StagePlan;
    /** Annotated images, from the detector's weights and Adam moments. Adam, 1e-4: documented. */
    readonly S2: StagePlan;
    /** Target images. Adam, 1e-4, averages of 0.9: documented. */
    readonly S3: StagePlan;
    /** From the averages. SGD, 1e-4: documented. */
    readonly S4: StagePlan;
  };
}

export type StageName = keyof Plan["stages"];
export const stageNames = ["S1", "S2-head", "S2", "S3", "S4"] as const satisfies readonly StageName[];

const usual: Plan = {
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

const quick: Plan = {
  ...usual,
  women: 60,
  stages: {
    S1: { ...usual.stages.S1, steps: 120 },
    "S2-head": { ...usual.stages["S2-head"], steps: 200 },
    S2: { ...usual.stages.S2, steps: 10 },
    S3: { ...usual.stages.S3, steps: 10 },
    S4: { ...usual.stages.S4, steps: 4 },
  },
};

/** effort multiplies the steps of every stage, rounded up. */
export function planOf(options: { readonly quick: boolean; readonly women?: number | undefined; readonly effort: number }): Plan {
  const base = options.quick ? quick : usual;
  const stages = Object.fromEntries(
    stageNames.map((name) => [name, { ...base.stages[name], steps: Math.ceil(base.stages[name].steps * options.effort) }]),
  );
  return { ...base, women: options.women ?? base.women, stages: stages as unknown as Plan["stages"] };
}
