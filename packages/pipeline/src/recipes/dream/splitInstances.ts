import { splitByPatient } from "@mammo/train";
import { PipelineError } from "../../pipelineError.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { splitViews } from "./splitViews.ts";
import type { TrainingConfig } from "./trainingConfig.ts";

/** One training of all families: on which women, by which seed. */
export interface InstanceViews {
  /** Of its initial weights and batches. */
  readonly seed: number;
  /** Which part of the women validates it; absent where there is one part only. */
  readonly fold?: number;
  readonly train: readonly StoredView[];
  readonly validation: readonly StoredView[];
}

/**
 * The women who test, and what each instance of a run learns from: fold after fold of the first seed, then of the next. All views of a woman are in one part. The first instance has the run's
 * own seed.
 *
 * @throws PipelineError `one-class` where a part that is trained on lacks breasts with or without cancer.
 */
export function splitInstances(
  views: readonly StoredView[],
  { split, folds, seeds }: Pick<TrainingConfig, "split" | "folds" | "seeds">,
  seed: number,
): { readonly test: readonly StoredView[]; readonly instances: readonly InstanceViews[] } {
  const seedOf = (turn: number) => (seed + 1_000_003 * turn) % 2 ** 31;
  const turns = Array.from({ length: seeds }, (_, turn) => turn);
  if (folds === 1) {
    const { train, validation, test } = splitViews(views, split, seed);
    return { test, instances: turns.map((turn) => ({ seed: seedOf(turn), train, validation })) };
  }
  const items = views.map(({ patientId, cancer = 0 }) => ({ patientId, label: cancer }));
  const share = (1 - split.test) / folds;
  const names = Array.from({ length: folds }, (_, fold) => `fold ${fold}`);
  const parts = splitByPatient(items, { ...Object.fromEntries(names.map((name) => [name, share])), test: split.test }, seed);
  const inPart = (name: string) => views.filter(({ patientId }) => parts[name as keyof typeof parts].has(patientId));
  const test = inPart("test");
  const ofFolds = names.map((name, fold) => {
    const validation = inPart(name);
    const others = new Set([...test, ...validation]);
    const train = views.filter((view) => !others.has(view));
    for (const label of [0, 1])
      if (!train.some(({ cancer }) => cancer === label))
        throw new PipelineError(
          "one-class",
          `Expected women with and without cancer outside of ${name}, got no breast labeled ${label}: take more women`,
        );
    return { fold, train, validation };
  });
  return { test, instances: turns.flatMap((turn) => ofFolds.map((own) => ({ seed: seedOf(turn), ...own }))) };
}
