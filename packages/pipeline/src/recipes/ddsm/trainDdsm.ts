// Dense annotations first: patches of lesions, then whole films. What a stage loses against the one before is not handed on.
import { type DreamNet, detectorClasses, detectorNet, saveWeights } from "@mammo/models";
import { decodeCheckpoint, restoreWeights } from "@mammo/train";
import type { StageSummary as StageRun } from "@mammo/train/node";
import type { NamedArray } from "@mammo/weights";
import type { Progress } from "../../progress.ts";
import { trackStages } from "../stages/trackStages.ts";
import { recipeBatches } from "../threads/recipeBatches.ts";
import { fiveClasses } from "./fiveClasses.ts";
import { lesionTraits } from "./lesionTraits.ts";
import { plainHead } from "./plainHead.ts";
import { type FilmValidation, scoreFilms } from "./scoreFilms.ts";
import type { FoldViews } from "./splitFold.ts";
import { type DdsmLessons, filmStage, patchOptions, patchStage } from "./stages.ts";
import { type DetectorValidation, validateDetector } from "./validateDetector.ts";

/** What is measured at a stage's end, on validation women. */
export interface DdsmValidation {
  /** S1 on patches. */
  readonly detector?: DetectorValidation;
  /** On whole films: S1 with the plain head, and the parts of S2. */
  readonly films: FilmValidation;
}

/** What a finished stage tells; kept in checkpoints/NAME.json. */
export type DdsmStageSummary = StageRun & DdsmValidation;

/** What the stages train on, and where they keep their checkpoints. */
export interface DdsmTraining extends DdsmLessons, Pick<FoldViews, "validation"> {
  readonly folder: string;
  readonly notes?: Readonly<Record<string, string>>;
  /** Factor on every channel count. */
  readonly width: number;
  /** Threads that cut S1's patches while the backend computes. Default 0: they are cut between the steps. */
  readonly patchThreads?: number;
  /** Measure what happens inside the net, for `writeDiagnosis`. Default false. */
  readonly diagnose?: boolean;
}

/** The model of the stage that ranks the films of validation women best, all stages, and what went wrong. */
export interface TrainedDdsm {
  readonly model: DreamNet;
  readonly stages: readonly DdsmStageSummary[];
  /** The stage that is handed on. */
  readonly chosen: string;
  /** Stages that end below the plain maximum over S1's cells, in words. */
  readonly defects: readonly string[];
}

/** Trains the stages, or goes on where an earlier run of the same folder was ended. Yields after each step. */
export async function* trainDdsm(run: DdsmTraining): AsyncGenerator<Progress, TrainedDdsm> {
  const { config, train, validation, seed, width } = run;
  const stages: DdsmStageSummary[] = [];
  const runStage = trackStages<DdsmValidation>({ ...run, saveEvery: 100, ahead: run.patchThreads ? run.patchThreads + 1 : 0 }, stages);
  const { rows, columns } = train[0]!;

  const detector = detectorNet({ width, seed, classes: [...detectorClasses, ...lesionTraits] });
  const begun = async (): Promise<DreamNet> => {
    const five = await fiveClasses(detector);
    try {
      return plainHead(five, { rows, columns });
    } finally {
      five.dispose();
    }
  };
  const patches = recipeBatches(train, { kind: "lesionPatches", options: patchOptions(run), threads: run.patchThreads ?? 0 });
  const validateS1 = async (): Promise<DdsmValidation> => {
    const model = await begun();
    const films = await scoreFilms(model, validation);
    model.dispose();
    return { detector: await validateDetector(detector, validation, config.side), films };
  };
  let S1: Uint8Array;
  try {
    S1 = yield* runStage(detector, patchStage(run, patches), validateS1);
  } finally {
    await patches.close();
  }
  restoreWeights(detector, decodeCheckpoint(S1).ema!);
  const model = await begun();
  detector.dispose();
  const plain = await saveWeights(model);

  const ends: StageEnd[] = [{ name: "S1", weights: plain }];
  let previous = S1;
  for (let index = 0; index < config.stages.S2.parts; index++) {
    const stage = filmStage(run, model, index);
    previous = yield* runStage(model, stage, async () => ({ films: await scoreFilms(model, validation) }), previous);
    ends.push({ name: stage.name, weights: decodeCheckpoint(previous).weights });
  }
  const { chosen, defects } = chooseStage(stages);
  restoreWeights(model, ends.find(({ name }) => name === chosen)!.weights);
  return { model, stages, chosen, defects };
}

interface StageEnd {
  readonly name: string;
  readonly weights: Readonly<Record<string, NamedArray>>;
}

/**
 * The stage that ranks the films of validation women best (at a tie the earlier), and in words each that ends below the plain maximum over the cells of S1: such a stage has lost what it began with.
 */
export function chooseStage(stages: readonly { readonly stage: string; readonly films: FilmValidation }[]): Pick<TrainedDdsm, "chosen" | "defects"> {
  const [first] = stages;
  const plain = first!.films.plainAuroc;
  const best = stages.reduce((found, one) => (one.films.auroc > found.films.auroc ? one : found));
  const defects = stages
    .filter(({ films }) => films.auroc < plain)
    .map(
      ({ stage, films }) =>
        `${stage} ranks the films of validation women at ${films.auroc.toFixed(3)}, below the ${plain.toFixed(3)} of the plain maximum over S1's cells: a defect of the recipe on these data`,
    );
  return { chosen: best.stage, defects };
}
