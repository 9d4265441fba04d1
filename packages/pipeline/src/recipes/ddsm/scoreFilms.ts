import { poolLogits } from "@mammo/ensemble";
import { auroc } from "@mammo/metrics";
import { type DreamNet, examineView, type HeatmapLogits, highestLogOdds, malignantClasses } from "@mammo/models";
import type { StoredView } from "../../store/imageStore.ts";
import { toGrid } from "../dream/viewBatches.ts";

/** What a model says of a film, as it is and upside down. */
export interface FilmScore {
  readonly view: StoredView;
  /** Mean over the two. */
  readonly logit: number;
  /** The highest malignant log-odds of a cell, mean over the two: what the detector alone would say. */
  readonly plain: number;
  /** Of the film as it is. */
  readonly heatmap: HeatmapLogits;
}

/** How well films are ranked: areas under the ROC curve, NaN where a class is missing. */
export interface FilmValidation {
  readonly films: number;
  readonly cancers: number;
  readonly auroc: number;
  /** Of the plain maximum over the cells. */
  readonly plainAuroc: number;
  /** Mean over a breast's films. */
  readonly breastAuroc: number;
}

/** Runs a model over films, one after the other, each twice. */
export async function* predictFilms(model: DreamNet, views: readonly StoredView[]): AsyncGenerator<FilmScore> {
  for (const view of views) {
    const pixels = await view.read();
    const upright = await examineView(model, toGrid(pixels));
    const flipped = await examineView(model, toGrid(pixels, { flip: true }));
    const both = [upright, flipped];
    yield {
      view,
      logit: poolLogits(both.map(({ logit }) => logit)),
      plain: poolLogits(both.map(({ heatmap }) => highestLogOdds(heatmap, malignantClasses))),
      heatmap: upright.heatmap,
    };
  }
}

/** Scores a model on films. */
export async function scoreFilms(model: DreamNet, views: readonly StoredView[]): Promise<FilmValidation> {
  const scores: FilmScore[] = [];
  for await (const score of predictFilms(model, views)) scores.push(score);
  return rankFilms(scores);
}

/** The areas of films that are scored already. */
export function rankFilms(scores: readonly Pick<FilmScore, "view" | "logit" | "plain">[]): FilmValidation {
  const known = scores.filter(({ view }) => view.cancer !== undefined);
  const breasts = new Map<string, { readonly label: number; readonly logits: number[] }>();
  for (const { view, logit } of known) {
    const key = `${view.patientId} ${view.laterality}`;
    const own = breasts.get(key) ?? { label: view.cancer!, logits: [] };
    own.logits.push(logit);
    breasts.set(key, own);
  }
  const labels = known.map(({ view }) => view.cancer!);
  const pooled = [...breasts.values()];
  return {
    films: known.length,
    cancers: labels.filter((label) => label === 1).length,
    auroc: areaOf(
      labels,
      known.map(({ logit }) => logit),
    ),
    plainAuroc: areaOf(
      labels,
      known.map(({ plain }) => plain),
    ),
    breastAuroc: areaOf(
      pooled.map(({ label }) => label),
      pooled.map(({ logits }) => poolLogits(logits)),
    ),
  };
}

const areaOf = (labels: readonly number[], scores: readonly number[]): number => (new Set(labels).size < 2 ? Number.NaN : auroc(labels, scores));
