import type { Grid } from "@mammo/mammogram";
import { tidy } from "@tensorflow/tfjs-core";
import type { DreamNet } from "../dreamNet.ts";
import { toTensor } from "./toBatch.ts";

/** What a DreamNet makes of one view on the way to its logit. */
export interface ViewFeatures {
  /** Of cancer in the view; uncalibrated. */
  readonly logit: number;
  /** Of layer 8, over the cells: the mean of each channel, then the maximum of each. 1024 · width numbers. */
  readonly features: Float32Array;
}

/**
 * A view -> its logit and the features behind it: what a linear probe asks a net about. Plain in, plain out: no tensor leaves. Ours.
 *
 * @throws RangeError where the view is not of a size that the model takes.
 * @example const { features } = await viewFeatures(model, image);
 */
export async function viewFeatures(model: Pick<DreamNet, "applyWithFeatures">, view: Grid): Promise<ViewFeatures> {
  const { logit, features } = tidy(() => model.applyWithFeatures(toTensor(view)));
  try {
    const [, rows, columns, channels] = features.shape;
    const cells = await features.data();
    const pooled = new Float32Array(2 * channels).fill(Number.NEGATIVE_INFINITY, channels);
    for (let at = 0; at < cells.length; at++) {
      const channel = at % channels;
      pooled[channel]! += cells[at]! / (rows * columns);
      pooled[channels + channel] = Math.max(pooled[channels + channel]!, cells[at]!);
    }
    return { logit: (await logit.data())[0]!, features: pooled };
  } finally {
    logit.dispose();
    features.dispose();
  }
}
