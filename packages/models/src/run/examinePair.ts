import { requireKnownKeys } from "@mammo/mammogram";
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { DreamNetSymmetry } from "../dreamNetSymmetry.ts";
import type { PairOfViews } from "./classifyPair.ts";
import type { Examination } from "./examineView.ts";
import { type PlainArray, type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

const logitsAndHeatmaps = (
  model: Pick<DreamNetSymmetry, "applyWithHeatmaps">,
  { left, right, present }: { readonly left: Tensor; readonly right: Tensor; readonly present: Tensor },
) => {
  const said = model.applyWithHeatmaps({ left: left as Tensor4D, right: right as Tensor4D, present: present as Tensor2D });
  return { logits: said.logits, leftHeatmap: said.leftHeatmap, rightHeatmap: said.rightHeatmap };
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
  given1: PairOfViews,
  given2: RunnerOptions = {},
): Promise<{ readonly left?: Examination; readonly right?: Examination }> {
  requireKnownKeys("examinePair", given2, { runner: true });
  const { runner = tfjsRunner } = given2;
  requireKnownKeys("examinePair", given1, { left: true, right: true });
  const { left, right } = given1;
  const shown = left ?? right;
  if (!shown) throw new RangeError("Expected the view of at least one breast, got none.");
  const { logits, leftHeatmap, rightHeatmap } = await runner.run(logitsAndHeatmaps, model, {
    left: plainBatch([left ?? shown]),
    right: plainBatch([right ?? shown]),
    present: { shape: [1, 2], data: Float32Array.of(left ? 1 : 0, right ? 1 : 0) },
  });
  const examination = (logit: number, { shape, data }: PlainArray): Examination => {
    const [, rows, columns] = shape as [number, number, number];
    return { logit, heatmap: { logits: data, rows, columns, classes: model.options.classes, geometry: model.geometry } };
  };
  return {
    ...(left ? { left: examination(logits.data[0]!, leftHeatmap) } : {}),
    ...(right ? { right: examination(logits.data[1]!, rightHeatmap) } : {}),
  };
}
