import type { Grid } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { MapGeometry } from "../blocks/mapGeometry.ts";
import type { DreamNet } from "../dreamNet.ts";
import { type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

const logitAndHeatmap = (model: Pick<DreamNet, "applyWithHeatmap">, { view }: { readonly view: Tensor }) => {
  const { logit, heatmap } = model.applyWithHeatmap(view as Tensor4D);
  return { logit, heatmap };
};

/** Logits of a view's heatmap: `logits[(row * columns + column) * classes.length + class]`. */
export interface HeatmapLogits {
  readonly logits: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Names of the logits of a cell, in their order. */
  readonly classes: readonly string[];
  /** Where the cells lie in the view. */
  readonly geometry: MapGeometry;
}

/** What a DreamNet says of one view. */
export interface Examination {
  /** Of cancer in the view; uncalibrated. */
  readonly logit: number;
  readonly heatmap: HeatmapLogits;
}

/**
 * A view -> its logit and the heatmap behind it, in one run of the graph. Plain in, plain out: no tensor leaves.
 *
 * @throws RangeError where the view is not of a size that the model takes.
 * @example
 * const { logit, heatmap } = await examineView(model, image);
 * const peaks = heatmapPeaks(heatmap, { view: image });
 */
export async function examineView(
  model: Pick<DreamNet, "applyWithHeatmap" | "options" | "geometry">,
  view: Grid,
  options: RunnerOptions = {},
): Promise<Examination> {
  requireKnownKeys("examineView", options, { runner: true });
  const { runner = tfjsRunner } = options;
  const { logit, heatmap } = await runner.run(logitAndHeatmap, model, { view: plainBatch([view]) });
  const [, rows, columns] = heatmap.shape as [number, number, number];
  return { logit: logit.data[0]!, heatmap: { logits: heatmap.data, rows, columns, classes: model.options.classes, geometry: model.geometry } };
}
