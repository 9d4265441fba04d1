import { requireKnownKeys } from "@mammo/mammogram";

// How much of everything for films with dense annotations: what was documented of the challenge's winner where it is, ours where it says nothing.

/** Steps, batch and learning rate of one stage. */
interface DdsmStage {
  readonly steps: number;
  readonly batch: number;
  /** Highest: it rises over `warmup` steps, and falls to 0 over the last `cooldown` share of the steps. */
  readonly learningRate: number;
  readonly warmup: number;
  readonly cooldown: number;
  /** Of the kernels, decoupled. */
  readonly weightDecay: number;
}

/** How the women are split, and how long each stage trains. */
export interface DdsmConfig {
  /** Of the women outside the fold, the share that chooses checkpoints and calibrates. */
  readonly validation: number;
  /** Side of S1's patches, 192 to 255 pixels: all see one cell. */
  readonly side: number;
  /** Weight of the lesion's traits beside its class in S1's loss. */
  readonly traits: number;
  /** Weight of the cells' classes beside the view's label in S2's loss. */
  readonly cells: number;
  /**
   * Hard negatives for S1: after every so many steps, the `most` highest places of the training films off every lesion; `share` of the background patches is drawn from them.
   * Mining runs the net over all training films. Absent (the default): none. Ours.
   */
  readonly mined?: { readonly every: number; readonly most: number; readonly share: number };
  readonly stages: {
    /** Patches. Adam, 1e-3: documented. */
    readonly S1: DdsmStage;
    /** Whole films, end to end, in so many parts, each judged at its end. Adam, 1e-4: documented. */
    readonly S2: DdsmStage & { readonly parts: number };
  };
}

const defaults: DdsmConfig = {
  validation: 0.15,
  side: 192,
  traits: 0.5,
  cells: 1,
  stages: {
    S1: { steps: 12000, batch: 16, learningRate: 1e-3, warmup: 200, cooldown: 0.4, weightDecay: 0.02 },
    S2: { steps: 320, batch: 4, parts: 4, learningRate: 1e-4, warmup: 20, cooldown: 0.75, weightDecay: 0.02 },
  },
};

/** The defaults; `stepScale` multiplies the steps of every stage, rounded up, each part of a stage at least one; `mineEvery` mines hard negatives after so many steps of S1. */
export function ddsmConfig(options: { readonly stepScale?: number; readonly mineEvery?: number | undefined } = {}): DdsmConfig {
  requireKnownKeys("ddsmConfig", options, { stepScale: true, mineEvery: true });
  const { stepScale = 1, mineEvery } = options;
  const { S1, S2 } = defaults.stages;
  const steps = ({ steps }: DdsmStage, least: number): number => Math.max(least, Math.ceil(steps * stepScale));
  const mined = mineEvery === undefined ? {} : { mined: { every: mineEvery, most: 400, share: 0.5 } };
  return { ...defaults, ...mined, stages: { S1: { ...S1, steps: steps(S1, 1) }, S2: { ...S2, steps: steps(S2, S2.parts) } } };
}

/** Learning rate by step: up over the warm-up, level, then down to 0. Ours: what was level can go on. */
export function trapezoid({
  steps,
  learningRate,
  warmup,
  cooldown,
}: Pick<DdsmStage, "steps" | "learningRate" | "warmup" | "cooldown">): (step: number) => number {
  const falls = Math.max(1, cooldown * steps);
  return (step) => learningRate * Math.min(1, (step + 1) / (Math.min(warmup, 0.2 * steps) + 1), Math.max(0, (steps - step) / falls));
}
