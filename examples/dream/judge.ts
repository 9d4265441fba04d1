// From a model to numbers about breasts: the level that the challenge scored.
import { poolLogits } from "@mammo/ensemble";
import { auroc, partialAuroc, rocCurve, specificityAt } from "@mammo/metrics";
import { type DreamNet, examineView, type HeatmapLogits } from "@mammo/models";
import { groupBy } from "../shared/groupBy.ts";
import { loadPixels, type StandardView } from "./standards.ts";
import { copyView } from "./views.ts";

export interface ViewAnswer {
  readonly view: StandardView;
  readonly logit: number;
  readonly heatmap: HeatmapLogits;
}

export interface BreastAnswer {
  readonly woman: string;
  readonly laterality: "L" | "R";
  readonly cancer: 0 | 1 | undefined;
  /** Mean over the views; uncalibrated. */
  readonly logit: number;
}

/** The challenge's three scores, per breast. */
export interface Judgement {
  readonly breasts: number;
  readonly cancers: number;
  readonly auroc: number;
  /** Over sensitivity [0.8, 1], not standardized: at most 0.2, chance 0.02. */
  readonly partialAuroc: number;
  readonly specificityAtSensitivity80: number;
}

export async function* answers(model: DreamNet, views: readonly StandardView[]): AsyncGenerator<ViewAnswer> {
  for (const view of views) {
    const pixels = new Float32Array(view.rows * view.columns);
    copyView(await loadPixels(view), view, pixels);
    yield { view, ...(await examineView(model, { pixels, rows: view.rows, columns: view.columns })) };
  }
}

export function breastsOf(found: readonly Pick<ViewAnswer, "view" | "logit">[]): BreastAnswer[] {
  return [...groupBy(found, ({ view }) => `${view.woman} ${view.laterality}`).values()].map((group) => {
    const { woman, laterality, cancer } = group[0]!.view;
    return { woman, laterality, cancer, logit: poolLogits(group.map(({ logit }) => logit)) };
  });
}

function score(breasts: readonly BreastAnswer[]): Judgement {
  const known = breasts.filter(({ cancer }) => cancer !== undefined);
  const labels = known.map(({ cancer }) => cancer!);
  const scores = known.map(({ logit }) => logit);
  return {
    breasts: known.length,
    cancers: labels.filter((label) => label === 1).length,
    auroc: auroc(labels, scores),
    partialAuroc: partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }, { raw: true }),
    specificityAtSensitivity80: specificityAt(0.8, rocCurve(labels, scores)).specificity,
  };
}

export async function judge(model: DreamNet, views: readonly StandardView[]): Promise<Judgement> {
  const found: ViewAnswer[] = [];
  for await (const answer of answers(model, views)) found.push(answer);
  return score(breastsOf(found));
}
