// npm run dream -- --sanity: what must NOT be learned. A pipeline that scores well on labels without meaning leaks.
import { type DreamNet, dreamNet } from "@mammo/models";
import { groupBy } from "../shared/groupBy.ts";
import { type Judgement, judge } from "./judge.ts";
import { drawFrom } from "./random.ts";
import type { StandardView } from "./standards.ts";

/** Training views whose labels and lesions are another breast's: same pictures, same prevalence, no meaning. */
export function shuffleLabels(views: readonly StandardView[], seed: number): StandardView[] {
  const draw = drawFrom(seed, "shuffle");
  const breasts = [...groupBy(views, ({ woman, laterality }) => `${woman} ${laterality}`).values()];
  const order = breasts.map((_, index) => index);
  for (let last = order.length - 1; last > 0; last--) {
    const other = draw.index(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return breasts.flatMap((own, index) => {
    const other = breasts[order[index]!]!;
    return own.map((view) => ({
      ...view,
      cancer: other[0]!.cancer,
      lesions: (other.find((donor) => donor.view === view.view) ?? other[0]!).lesions,
    }));
  });
}

/** AUROC of nets with no training at all, one a seed. */
export async function judgeUntrained(
  views: readonly StandardView[],
  { width, seeds }: { readonly width: number; readonly seeds: readonly number[] },
): Promise<Judgement[]> {
  const { rows, columns } = views[0]!;
  const found: Judgement[] = [];
  for (const seed of seeds) {
    const model: DreamNet = dreamNet({ width, headWidth: 1, rows, columns, seed });
    found.push(await judge(model, views));
    model.dispose();
  }
  return found;
}
