import { splitByWoman } from "@mammo/train";
import type { Plan } from "./plan.ts";
import type { StandardView } from "./standards.ts";

export type Part = keyof Plan["split"];

/** Views by part: all views of a woman in one, women with and without cancer spread alike. */
export function splitViews(views: readonly StandardView[], fractions: Plan["split"], seed: number): Readonly<Record<Part, StandardView[]>> {
  const women = splitByWoman(
    views.map(({ woman, cancer = 0 }) => ({ woman, label: cancer })),
    fractions,
    seed,
  );
  const of = (part: Part) => views.filter(({ woman }) => women[part].has(woman));
  const parts = { train: of("train"), validation: of("validation"), test: of("test") };
  for (const label of [0, 1])
    if (!parts.train.some(({ cancer }) => cancer === label))
      throw Object.assign(
        new Error(
          `Expected training women with and without cancer, got no breast labelled ${label} among ${women.train.size} of them: take more women`,
        ),
        { code: "one-class" },
      );
  return parts;
}
