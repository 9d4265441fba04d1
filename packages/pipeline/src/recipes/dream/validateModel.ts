import type { DreamNet } from "@mammo/models";
import { poolBreasts, predictViews, type ViewPrediction } from "../../predict/predictViews.ts";
import { type ValidationMetrics, validate } from "../../predict/validate.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { toGrid } from "./viewBatches.ts";

/** Runs a model over stored views. */
export const predictStored = (model: DreamNet, views: readonly StoredView[]): AsyncGenerator<ViewPrediction<StoredView>> =>
  predictViews(model, views, async (view) => toGrid(await view.read()));

/** Runs a model over stored views and scores it by breast. */
export async function validateModel(model: DreamNet, views: readonly StoredView[]): Promise<ValidationMetrics> {
  const found: Pick<ViewPrediction<StoredView>, "view" | "logit">[] = [];
  for await (const { view, logit } of predictStored(model, views)) found.push({ view, logit });
  return validate(poolBreasts(found));
}
