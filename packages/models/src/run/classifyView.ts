import type { Grid } from "@mammo/mammogram";
import { sigmoid } from "@tensorflow/tfjs-core";
import type { DreamNet } from "../dreamNet.ts";
import { toBatch } from "./toBatch.ts";

/**
 * A view -> probability of cancer in [0, 1]: the sigmoid of the logit, not calibrated. Plain in, plain out: no tensor leaves.
 *
 * @throws RangeError where the view is not of a size that the model takes.
 * @example
 * const probability = await classifyView(model, image);
 */
export async function classifyView(model: Pick<DreamNet, "apply">, view: Grid): Promise<number> {
  const [probability] = await classifyViews(model, [view]);
  return probability!;
}

/** The same for views of one size, in one run of the graph and in their order. Memory grows with their number. */
export async function classifyViews(model: Pick<DreamNet, "apply">, views: readonly Grid[]): Promise<number[]> {
  if (views.length === 0) return [];
  const x = toBatch(views);
  const logits = model.apply(x);
  const probabilities = sigmoid(logits);
  try {
    return Array.from(await probabilities.data());
  } finally {
    for (const tensor of [x, logits, probabilities]) tensor.dispose();
  }
}
