// How much of everything: the documented recipe of the DREAM challenge's winner, cut to the minutes at hand.
import { requireKnownKeys } from "@mammo/mammogram";
import type { FamilyName } from "../../bundle/families.ts";
import { PipelineError } from "../../pipelineError.ts";

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
  /** Factor on every channel count; 1 is the documented network. */
  readonly width: number;
  /** Shares of the women, never a woman in two. With several folds only `test` counts, and each fold of the others validates the instances that it did not train. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  /** Parts of the women who do not test; each instance trains on all but one of them. 1: one instance a seed, on `train`. */
  readonly folds: number;
  /** Instances of a fold, which differ in their seed. */
  readonly seeds: number;
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
  /** How the bundle's 1-10 scale is cut on the validation women: at their deciles, or anchored on their risk (`fitRiskScale` of @mammo/ensemble). */
  readonly scale: (typeof scales)[number];
}

const scales = ["deciles", "risk"] as const;

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

const defaults: TrainingConfig = {
  women: 240,
  width: 0.125,
  split: { train: 0.56, validation: 0.16, test: 0.28 },
  folds: 1,
  seeds: 1,
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
  scale: "deciles",
};

/** The same with so many times the steps, rounded up. */
function scaled(config: TrainingConfig, stepScale: number): TrainingConfig {
  const all = <Stages extends Readonly<Record<string, StageConfig>>>(stages: Stages) =>
    Object.fromEntries(
      Object.entries(stages).map(([name, stage]) => [name, { ...stage, steps: Math.ceil(stage.steps * stepScale) }]),
    ) as unknown as Stages;
  return { ...config, stages: all(config.stages), families: all(config.families), mineIn: Math.ceil(config.mineIn * Math.min(1, stepScale)) };
}

function withSteps(steps: Readonly<Record<StageName | FamilyStage, number>>): Pick<TrainingConfig, "stages" | "families"> {
  const all = <Name extends StageName | FamilyStage>(stages: Readonly<Record<Name, StageConfig>>) =>
    Object.fromEntries((Object.keys(stages) as Name[]).map((name) => [name, { ...stages[name], steps: steps[name] }])) as Record<Name, StageConfig>;
  return { stages: all(defaults.stages), families: all(defaults.families) };
}

/** The recipes by name. quick: to see it run, not to see it learn. default: minutes on two cores. standard: five folds, hours on two cores. full: the documented width and fifty members, for a GPU. */
const recipes = {
  quick: {
    ...{ ...defaults, women: 60, mineIn: 4 },
    ...withSteps({
      ...{ S1: 120, "S2-head": 200, S2: 10, S3: 10, S4: 4 },
      ...{ retinaNet: 40, caracNet: 30, caracNetSymmetry: 30, "dreamNetSymmetry-head": 100, dreamNetSymmetry: 4 },
    }),
  },
  default: defaults,
  standard: { ...scaled(defaults, 2), women: 480, folds: 5, mineIn: 120 },
  full: { ...scaled(defaults, 20), women: 4800, width: 1, folds: 5, seeds: 2, mineIn: 400 },
} as const satisfies Record<string, TrainingConfig>;

/** Name of a recipe. */
export type RecipeName = keyof typeof recipes;

/** The names, from the shortest run to the longest. */
export const recipeNames = Object.keys(recipes) as readonly RecipeName[];

/** A recipe by name; `women` stands for its own number, and `stepScale` multiplies the steps of every stage, rounded up. */
export function trainingConfig(
  options: { readonly recipe?: RecipeName; readonly women?: number | undefined; readonly stepScale?: number } = {},
): TrainingConfig {
  requireKnownKeys("trainingConfig", options, { recipe: true, women: true, stepScale: true });
  const { recipe = "default", women = recipes[recipe].women, stepScale = 1 } = options;
  return scaled({ ...recipes[recipe], women }, stepScale);
}

/**
 * The parsed JSON of a recipe file -> the default recipe with what the file says instead, each field checked: `{ "folds": 5, "families": { "retinaNet": { "steps": 800 } } }`.
 *
 * @throws PipelineError `recipe`, which names the field and what it takes.
 */
export function parseRecipe(json: unknown): TrainingConfig {
  const config = replaced(defaults, json, "") as TrainingConfig;
  const { split, width } = config;
  if (Math.abs(split.train + split.validation + split.test - 1) > 1e-9) throw refusal("split", "three shares that sum to 1");
  if (width > 1) throw refusal("width", "a number in (0, 1]");
  return config;
}

/** Fields that may have parts of a whole. */
const fractions = new Set(["width", "train", "validation", "test", "learningRate"]);

function replaced(model: unknown, json: unknown, path: string): unknown {
  const name = path.split(".").at(-1)!;
  if (typeof model === "number") {
    const isGood = typeof json === "number" && json > 0 && json < Number.POSITIVE_INFINITY && (fractions.has(name) || Number.isInteger(json));
    if (!isGood) throw refusal(path, fractions.has(name) ? "a number above 0" : "a whole number above 0");
    return json;
  }
  if (typeof model === "string") {
    // The only text of a recipe.
    if (!scales.some((one) => one === json)) throw refusal(path, scales.join(" or "));
    return json;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw refusal(path || "the recipe", "an object");
  const known = model as Readonly<Record<string, unknown>>;
  const found: Record<string, unknown> = { ...known };
  for (const [key, value] of Object.entries(json)) {
    if (!Object.hasOwn(known, key)) throw refusal(path || "the recipe", `an object of ${Object.keys(known).join(", ")} and nothing else`);
    found[key] = replaced(known[key], value, path ? `${path}.${key}` : key);
  }
  return found;
}

const refusal = (field: string, what: string): PipelineError => new PipelineError("recipe", `Expected ${field} of the recipe to be ${what}`);
