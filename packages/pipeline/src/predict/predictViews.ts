// From a model to numbers about breasts: the level that the DREAM challenge scored.
import { poolLogits } from "@mammo/ensemble";
import type { Grid, Laterality } from "@mammo/mammogram";
import { type Examination, examineView } from "@mammo/models";
import { groupBy } from "../groupBy.ts";

/** What a model says of one view. */
export interface ViewPrediction<V> extends Examination {
  readonly view: V;
}

/** What is known of a breast, and what a model says of it. */
export interface BreastPrediction {
  readonly patientId: string;
  readonly laterality: Laterality;
  readonly cancer: 0 | 1 | undefined;
  /** Mean over the views; uncalibrated. */
  readonly logit: number;
}

/** Runs a model over views one by one; `gridOf` reads each when its turn comes, so that one is in memory at a time. */
export async function* predictViews<V>(
  model: Parameters<typeof examineView>[0],
  views: Iterable<V>,
  gridOf: (view: V) => Promise<Grid>,
): AsyncGenerator<ViewPrediction<V>> {
  for (const view of views) yield { view, ...(await examineView(model, await gridOf(view))) };
}

/** Predictions of views -> of breasts, in the order of their first views. */
export function poolBreasts(predictions: readonly Pick<ViewPrediction<Omit<BreastPrediction, "logit">>, "view" | "logit">[]): BreastPrediction[] {
  return [...groupBy(predictions, ({ view }) => `${view.patientId} ${view.laterality}`).values()].map((group) => {
    const { patientId, laterality, cancer } = group[0]!.view;
    return { patientId, laterality, cancer, logit: poolLogits(group.map(({ logit }) => logit)) };
  });
}
