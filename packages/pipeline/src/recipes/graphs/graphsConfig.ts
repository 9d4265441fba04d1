// How much of everything: the other graphs on phantoms, in minutes.
import { requireKnownKeys } from "@mammo/mammogram";
import type { CohortOptions } from "@mammo/phantom";
import type { StageConfig } from "../dream/trainingConfig.ts";

/** One of the stages, in their order: the detector's patches, whose weights all others begin with, and the graphs. */
export type GraphStage = (typeof graphStages)[number];

/** The stages, in their order. */
export const graphStages = [
  "detectorNet",
  "retinaNet",
  "caracNet",
  "caracNetSymmetry",
  "dreamNet-head",
  "dreamNet",
  "dreamNetSymmetry-head",
  "dreamNetSymmetry",
] as const;

/** How much data, and how long each stage trains. */
export interface GraphsConfig {
  /** Women of the cohort with lesions of all kinds: four fifths train, the others test. */
  readonly women: number;
  /** Women of a second cohort whose lesions are all asymmetries: none trains. */
  readonly asymmetryWomen: number;
  readonly stages: Readonly<Record<GraphStage, StageConfig>>;
}

const defaults: GraphsConfig = {
  women: 480,
  asymmetryWomen: 100,
  stages: {
    detectorNet: { steps: 900, batch: 16, learningRate: 1e-3 },
    retinaNet: { steps: 2600, batch: 12, learningRate: 2e-3 },
    caracNet: { steps: 400, batch: 16, learningRate: 1e-3 },
    caracNetSymmetry: { steps: 400, batch: 16, learningRate: 1e-3 },
    "dreamNet-head": { steps: 400, batch: 32, learningRate: 1e-2 },
    dreamNet: { steps: 150, batch: 4, learningRate: 1e-4 },
    "dreamNetSymmetry-head": { steps: 400, batch: 32, learningRate: 1e-2 },
    dreamNetSymmetry: { steps: 150, batch: 4, learningRate: 1e-4 },
  },
};

/** The defaults, or those of a run that is to be seen and not to learn; `effort` multiplies the steps of every stage, rounded up, and the second cohort has five women for 24 of the first. */
export function graphsConfig(
  options: { readonly quick?: boolean; readonly women?: number | undefined; readonly effort?: number } = {},
): GraphsConfig {
  requireKnownKeys("graphsConfig", options, { quick: true, women: true, effort: true });
  const { quick = false, women = quick ? 24 : defaults.women, effort = 1 } = options;
  const factor = quick ? effort / 40 : effort;
  const stages = Object.entries(defaults.stages).map(([name, stage]) => [name, { ...stage, steps: Math.ceil(stage.steps * factor) }]);
  return { women, asymmetryWomen: Math.ceil((women * 5) / 24), stages: Object.fromEntries(stages) as GraphsConfig["stages"] };
}

/**
 * What the phantoms hold: lesions in half of the breasts, since few are made, and of all kinds enough to learn from; all else as in the default cohort, the lesions' contrast too.
 */
export const manyLesions = {
  cancerShare: 0.45,
  benignShare: 0.45,
  kinds: { mass: 30, calcification: 30, distortion: 15, asymmetry: 25 },
} as const satisfies Partial<CohortOptions>;

/** The cohort that the symmetry graphs are judged on: in half of the women a malignant asymmetry, in some other breasts a benign one. */
export const onlyAsymmetries = {
  cancerShare: 0.5,
  benignShare: 0.3,
  kinds: { mass: 0, calcification: 0, distortion: 0, asymmetry: 1 },
} as const satisfies Partial<CohortOptions>;
