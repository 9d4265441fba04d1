// What must NOT be learned: a pipeline that scores well on labels without meaning leaks.
import { permutation } from "@mammo/mammogram";
import { dreamNet } from "@mammo/models";
import { groupBy } from "../../groupBy.ts";
import type { ValidationMetrics } from "../../predict/validate.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { validateModel } from "./validateModel.ts";

/** Training views whose labels and lesions are another breast's: same images, same prevalence, no meaning. */
export function shuffleLabels(views: readonly StoredView[], seed: number): StoredView[] {
  const breasts = [...groupBy(views, ({ patientId, laterality }) => `${patientId} ${laterality}`).values()];
  const order = permutation(breasts.length, seed, "shuffle");
  return breasts.flatMap((own, index) => {
    const other = breasts[order[index]!]!;
    return own.map((view) => ({
      ...view,
      cancer: other[0]!.cancer,
      lesions: (other.find((donor) => donor.view === view.view) ?? other[0]!).lesions,
    }));
  });
}

/** Validation metrics of nets with no training at all, one a seed. */
export async function validateUntrained(
  views: readonly StoredView[],
  { width, seeds }: { readonly width: number; readonly seeds: readonly number[] },
): Promise<ValidationMetrics[]> {
  const { rows, columns } = views[0]!;
  const found: ValidationMetrics[] = [];
  for (const seed of seeds) {
    const model = dreamNet({ width, headWidth: 1, rows, columns, seed });
    found.push(await validateModel(model, views));
    model.dispose();
  }
  return found;
}
