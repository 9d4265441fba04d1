import { type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import type { DreamNet } from "./dreamNet.ts";
import { type Grid, toTensor } from "./grid.ts";

/** Logits of a view's heatmap: `logits[(row * columns + column) * classes + class]`. */
export interface HeatmapLogits {
  readonly logits: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
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
 * Throws RangeError where the view is not of a size that the model takes.
 *
 * @example
 * const { logit, heatmap } = await examineView(model, image);
 * const peaks = heatmapPeaks(heatmap, { classes: [3, 4] });
 */
export async function examineView(model: Pick<DreamNet, "applyWithHeatmap">, view: Grid): Promise<Examination> {
  const { logit, heatmap } = tidy(() => model.applyWithHeatmap(toTensor(view) as Tensor4D));
  try {
    const [, rows, columns, classes] = heatmap.shape;
    return { logit: (await logit.data())[0]!, heatmap: { logits: (await heatmap.data()) as Float32Array, rows, columns, classes } };
  } finally {
    logit.dispose();
    heatmap.dispose();
  }
}
