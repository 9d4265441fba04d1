import type { Grid } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { DreamNet } from "../dreamNet.ts";
import { type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

const logitAndFeatures = (model: Pick<DreamNet, "applyWithFeatures">, { view }: { readonly view: Tensor }) => {
  const { logit, features } = model.applyWithFeatures(view as Tensor4D);
  return { logit, features };
};

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
export async function viewFeatures(model: Pick<DreamNet, "applyWithFeatures">, view: Grid, options: RunnerOptions = {}): Promise<ViewFeatures> {
  requireKnownKeys("viewFeatures", options, { runner: true });
  const { runner = tfjsRunner } = options;
  const { logit, features } = await runner.run(logitAndFeatures, model, { view: plainBatch([view]) });
  const [, rows, columns, channels] = features.shape as [number, number, number, number];
  const pooled = new Float32Array(2 * channels).fill(Number.NEGATIVE_INFINITY, channels);
  for (const [at, value] of features.data.entries()) {
    const channel = at % channels;
    pooled[channel]! += value / (rows * columns);
    pooled[channels + channel] = Math.max(pooled[channels + channel]!, value);
  }
  return { logit: logit.data[0]!, features: pooled };
}
