import type { Grid } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { tidy } from "@tensorflow/tfjs-core";
import type { DreamNet } from "../dreamNet.ts";
import { type FlipOptions, flipGrid, looks } from "./flips.ts";
import { meanLogits, probabilityOf } from "./meanLogits.ts";
import { toBatch } from "./toBatch.ts";

/**
 * A view -> probability of cancer in [0, 1]: the sigmoid of the logit, or of the mean logit over flips; not calibrated. Plain in, plain out: no tensor leaves.
 *
 * @throws RangeError where the view is not of a size that the model takes, or a flip is none.
 * @example
 * const probability = await classifyView(model, image, { flips: ["rows"] });
 */
export async function classifyView(model: Pick<DreamNet, "apply">, view: Grid, options: FlipOptions = {}): Promise<number> {
  requireKnownKeys("classifyView", options, { flips: true });
  const [probability] = await classifyViews(model, [view], options);
  return probability!;
}

/** The same for views of one size, in one run of the graph and in their order. Memory grows with their number. */
export async function classifyViews(model: Pick<DreamNet, "apply">, views: readonly Grid[], options: FlipOptions = {}): Promise<number[]> {
  requireKnownKeys("classifyViews", options, { flips: true });
  const { flips } = options;
  const asked = looks(flips);
  if (views.length === 0) return [];
  const logits = await meanLogits(asked.map((flip) => () => tidy(() => model.apply(toBatch(views.map((view) => flipGrid(view, flip)))))));
  return Array.from(logits, probabilityOf);
}
