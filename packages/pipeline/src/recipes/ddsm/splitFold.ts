import { keyedRandom } from "@mammo/mammogram";
import { splitByPatient } from "@mammo/train";
import { PipelineError } from "../../pipelineError.ts";
import type { StoredView } from "../../store/imageStore.ts";

/** How many parts the women are in. */
export const foldCount = 5;

/** Which part tests, and which part a woman is in. */
export interface FoldOptions {
  /** 0 to 4. */
  readonly fold: number;
  /** Patient -> her fold; absent: by the seed. */
  readonly foldOf?: ((patientId: string) => number | undefined) | undefined;
  /** Of the other women, the share that chooses and calibrates. */
  readonly validation: number;
  readonly seed: number;
}

/** Views by part. */
export interface FoldViews {
  readonly train: readonly StoredView[];
  readonly validation: readonly StoredView[];
  readonly test: readonly StoredView[];
}

/**
 * The women of a fold test, a share of the others validates, the rest trains; no woman in two, and the same for every model of a fold.
 *
 * @throws PipelineError `table` where a list of folds lacks a woman, `one-class` where a part lacks breasts with or without cancer.
 */
export function splitFold(views: readonly StoredView[], { fold, foldOf = bySeed(views), validation, seed }: FoldOptions): FoldViews {
  const place = (patientId: string): number => {
    const found = foldOf(patientId);
    if (found === undefined) throw new PipelineError("table", "Expected the list of folds to name every woman of the cohort, got one that it lacks");
    return found;
  };
  const others = views.filter(({ patientId }) => place(patientId) !== fold);
  const items = others.map(({ patientId, cancer = 0 }) => ({ patientId, label: cancer }));
  const parts = splitByPatient(items, { train: 1 - validation, validation }, keyedRandom(seed, "inner", fold).below(2 ** 31));
  const split = {
    train: others.filter(({ patientId }) => parts.train.has(patientId)),
    validation: others.filter(({ patientId }) => parts.validation.has(patientId)),
    test: views.filter(({ patientId }) => place(patientId) === fold),
  };
  for (const [name, own] of Object.entries(split))
    for (const label of [0, 1])
      if (!own.some(({ cancer }) => cancer === label))
        throw new PipelineError(
          "one-class",
          `Expected ${name} women of fold ${fold} with and without cancer, got no breast labeled ${label}: take more women`,
        );
  return split;
}

function bySeed(views: readonly StoredView[]): (patientId: string) => number | undefined {
  const share = 1 / foldCount;
  const items = views.map(({ patientId, cancer = 0 }) => ({ patientId, label: cancer }));
  const parts = splitByPatient(items, { "fold 0": share, "fold 1": share, "fold 2": share, "fold 3": share, "fold 4": share }, 1);
  const found = new Map(Object.values(parts).flatMap((women, fold) => [...women].map((woman) => [woman, fold] as const)));
  return (patientId) => found.get(patientId);
}
