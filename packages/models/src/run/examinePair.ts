import { type Tensor4D, tensor2d, tidy } from "@tensorflow/tfjs-core";
import type { DreamNetSymmetry } from "../dreamNetSymmetry.ts";
import type { PairOfViews } from "./classifyPair.ts";
import type { Examination } from "./examineView.ts";
import { toTensor } from "./toBatch.ts";

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
): Promise<{ readonly left?: Examination; readonly right?: Examination }> {
  const shown = left ?? right;
  if (!shown) throw new RangeError("Expected the view of at least one breast, got none.");
  const { logits, leftHeatmap, rightHeatmap } = tidy(() => {
    const present = tensor2d([[left ? 1 : 0, right ? 1 : 0]]);
    return { ...model.applyWithHeatmaps({ left: toTensor(left ?? shown), right: toTensor(right ?? shown), present }) };
  });
  try {
    const [ofLeft, ofRight] = await logits.data();
    const examination = async (logit: number, heatmap: Tensor4D): Promise<Examination> => {
      const [, rows, columns] = heatmap.shape;
      const cells = (await heatmap.data()) as Float32Array;
      return { logit, heatmap: { logits: cells, rows, columns, classes: model.options.classes, geometry: model.geometry } };
    };
    return {
      ...(left ? { left: await examination(ofLeft!, leftHeatmap) } : {}),
      ...(right ? { right: await examination(ofRight!, rightHeatmap) } : {}),
    };
  } finally {
    for (const tensor of [logits, leftHeatmap, rightHeatmap]) tensor.dispose();
  }
}
