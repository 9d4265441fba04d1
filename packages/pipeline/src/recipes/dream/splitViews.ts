import { splitByPatient } from "@mammo/train";
import { PipelineError } from "../../pipelineError.ts";
import type { StoredView } from "../../store/imageStore.ts";
import type { TrainingConfig } from "./trainingConfig.ts";

/** Views for training, validation and test. */
export type SplitViews = Readonly<Record<keyof TrainingConfig["split"], StoredView[]>>;

/**
 * Views by part: all views of a woman in one, women with and without cancer spread alike.
 *
 * @throws PipelineError `one-class` where the training part lacks breasts with or without cancer.
 */
export function splitViews(views: readonly StoredView[], fractions: TrainingConfig["split"], seed: number): SplitViews {
  const patients = splitByPatient(
    views.map(({ patientId, cancer = 0 }) => ({ patientId, label: cancer })),
    fractions,
    seed,
  );
  const of = (part: keyof SplitViews) => views.filter(({ patientId }) => patients[part].has(patientId));
  const parts = { train: of("train"), validation: of("validation"), test: of("test") };
  for (const label of [0, 1])
    if (!parts.train.some(({ cancer }) => cancer === label))
      throw new PipelineError(
        "one-class",
        `Expected training women with and without cancer, got no breast labeled ${label} among ${patients.train.size} of them: take more women`,
      );
  return parts;
}
