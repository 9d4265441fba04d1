import { requireKnownKeys } from "@mammo/mammogram";
import type { WeightsComparison } from "@mammo/weights";
import type { DetectorNet } from "./detectorNet.ts";
import { type DreamNet, type DreamNetOptions, dreamNet } from "./dreamNet.ts";
import { weightsOf } from "./model.ts";
import { loadWeights } from "./weights.ts";

/**
 * A DreamNet whose layers 1–9 begin as the detector's: `comparison.loaded` names them, `comparison.missing` the new head. `classes` and `width` are the
 * detector's; the other options are free. The detector stays as it is.
 *
 * The names are the same in both graphs, so an optimizer's state and an average of the weights carry over by name as well. Documented (DREAM challenge 2017).
 *
 * @example
 * const { model, comparison } = fromDetector(detector, { rows: 1200, columns: 800 });
 */
export function fromDetector(
  detector: DetectorNet,
  options: Partial<Omit<DreamNetOptions, "classes" | "width">> = {},
): { readonly model: DreamNet; readonly comparison: WeightsComparison } {
  requireKnownKeys("fromDetector", options, { rows: true, columns: true, heatmap: true, headWidth: true, seed: true });
  const { classes, width, seed } = detector.options;
  const model = dreamNet({ seed, ...options, classes, width });
  try {
    return { model, comparison: loadWeights(model, weightsOf(detector), { partial: true }) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
