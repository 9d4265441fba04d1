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
  return { train: of("train"), validation: of("validation"), test: of("test") };
}
