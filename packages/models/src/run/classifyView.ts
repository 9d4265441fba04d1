import type { Grid } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { DreamNet } from "../dreamNet.ts";
import { type FlipOptions, flipGrid, looks } from "./flips.ts";
import { meanLogits, probabilityOf } from "./meanLogits.ts";
import { type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

const logits = (model: Pick<DreamNet, "apply">, { views }: { readonly views: Tensor }) => ({ logits: model.apply(views as Tensor4D) });

/**
 * A view -> probability of cancer in [0, 1]: the sigmoid of the logit, or of the mean logit over flips; not calibrated. Plain in, plain out: no tensor leaves.
 *
 * @throws RangeError where the view is not of a size that the model takes, or a flip is none.
 * @example
 * const probability = await classifyView(model, image, { flips: ["rows"] });
 */
export async function classifyView(model: Pick<DreamNet, "apply">, view: Grid, options: FlipOptions & RunnerOptions = {}): Promise<number> {
  requireKnownKeys("classifyView", options, { flips: true, runner: true });
  const [probability] = await classifyViews(model, [view], options);
  return probability!;
}

/** The same for views of one size, in one run of the graph and in their order. Memory grows with their number. */
export async function classifyViews(
  model: Pick<DreamNet, "apply">,
  views: readonly Grid[],
  options: FlipOptions & RunnerOptions = {},
): Promise<number[]> {
  requireKnownKeys("classifyViews", options, { flips: true, runner: true });
  const { flips, runner = tfjsRunner } = options;
  const asked = looks(flips);
  if (views.length === 0) return [];
  const run = (flip: (typeof asked)[number]) => async () =>
    (await runner.run(logits, model, { views: plainBatch(views.map((view) => flipGrid(view, flip))) })).logits.data;
  return Array.from(await meanLogits(asked.map(run)), probabilityOf);
}
