import type { Tensor } from "@tensorflow/tfjs-core";
import type { Pair } from "../blocks/pair.ts";
import type { DreamNetSymmetry } from "../dreamNetSymmetry.ts";
import type { PairOfViews } from "./classifyPair.ts";
import type { Examination } from "./examineView.ts";
import { type PlainArray, type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

const logitsAndHeatmaps = (model: Pick<DreamNetSymmetry, "applyWithHeatmaps">, pair: Readonly<Record<"left" | "right" | "present", Tensor>>) => {
  const { logits, leftHeatmap, rightHeatmap } = model.applyWithHeatmaps(pair as Pair);
  return { logits, leftHeatmap, rightHeatmap };
};

/**
 * Both breasts in one view -> logit and heatmap of each that is there, in one run of the graph. Plain in, plain out: no tensor leaves.
 *
 * @throws RangeError where both are missing, they differ in size, or the size is none that the model takes.
 * @example
 * const { left, right } = await examinePair(model, { left: leftMlo, right: rightMlo });
 */
export async function examinePair(
  model: Pick<DreamNetSymmetry, "applyWithHeatmaps" | "options" | "geometry">,
  { left, right }: PairOfViews,
  { runner = tfjsRunner }: RunnerOptions = {},
): Promise<{ readonly left?: Examination; readonly right?: Examination }> {
  const shown = left ?? right;
  if (!shown) throw new RangeError("Expected the view of at least one breast, got none.");
  const { logits, leftHeatmap, rightHeatmap } = await runner.run(logitsAndHeatmaps, model, {
    left: plainBatch([left ?? shown]),
    right: plainBatch([right ?? shown]),
    present: { shape: [1, 2], data: Float32Array.of(left ? 1 : 0, right ? 1 : 0) },
  });
  const examination = (side: number, { shape, data }: PlainArray): Examination => {
    const [, rows, columns] = shape as [number, number, number];
    return { logit: logits.data[side]!, heatmap: { logits: data, rows, columns, classes: model.options.classes, geometry: model.geometry } };
  };
  return { ...(left ? { left: examination(0, leftHeatmap) } : {}), ...(right ? { right: examination(1, rightHeatmap) } : {}) };
}
