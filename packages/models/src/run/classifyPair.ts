import type { Grid } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Pair } from "../blocks/pair.ts";
import type { Mode } from "../model.ts";
import { type FlipOptions, flipGrid, looks } from "./flips.ts";
import { meanLogits, probabilityOf } from "./meanLogits.ts";
import { type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

/** A graph of both breasts. */
interface PairModel {
  apply(views: Pair, mode?: Mode): Tensor2D;
}

/** Of [B, 2]: left and right. */
export const pairLogits = (model: PairModel, pair: Readonly<Record<"left" | "right" | "present", Tensor>>): { readonly logits: Tensor2D } => ({
  logits: model.apply(pair as Pair),
});

/** Both breasts in the same view, both chest wall left, of one size; one may be missing. */
export interface PairOfViews {
  readonly left?: Grid | undefined;
  readonly right?: Grid | undefined;
}

/** Of each breast that is there, in [0, 1]; not calibrated. */
export interface PairOfProbabilities {
  readonly left?: number;
  readonly right?: number;
}

/**
 * Both breasts in one view -> probability of cancer of each, the sigmoid of its logit or of the mean logit over flips. A missing side is no error: the
 * graph has learned what to do, and says nothing of it.
 *
 * @throws RangeError where both are missing, they differ in size, or the size is none that the model takes.
 * @example
 * const { left, right } = await classifyPair(model, { left: leftMlo, right: rightMlo });
 */
export async function classifyPair(
  model: PairModel,
  { left, right }: PairOfViews,
  options: FlipOptions & RunnerOptions = {},
): Promise<PairOfProbabilities> {
  requireKnownKeys("classifyPair", options, { flips: true, runner: true });
  const { flips, runner = tfjsRunner } = options;
  const shown = left ?? right;
  if (!shown) throw new RangeError("Expected the view of at least one breast, got none.");
  const run = (flip: ReturnType<typeof looks>[number]) => async () => {
    const side = (view: Grid | undefined) => plainBatch([flipGrid(view ?? shown, flip)]);
    const present = { shape: [1, 2], data: Float32Array.of(left ? 1 : 0, right ? 1 : 0) };
    return (await runner.run(pairLogits, model, { left: side(left), right: side(right), present })).logits.data;
  };
  const [ofLeft, ofRight] = await meanLogits(looks(flips).map(run));
  return { ...(left ? { left: probabilityOf(ofLeft!) } : {}), ...(right ? { right: probabilityOf(ofRight!) } : {}) };
}
