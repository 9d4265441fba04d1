import { relu, softmax, type Tensor4D } from "@tensorflow/tfjs-core";

/** What a pool sees of a heatmap's logits. Re-implementation. */
export type HeatmapActivation = "relu" | "softmax" | "linear";

const activations: Readonly<Record<HeatmapActivation, (heatmap: Tensor4D) => Tensor4D>> = { relu, softmax, linear: (heatmap) => heatmap };

/**
 * The activation of this name.
 *
 * @throws RangeError for another one.
 */
export function heatmapActivation(name: HeatmapActivation): (heatmap: Tensor4D) => Tensor4D {
  if (!Object.hasOwn(activations, name))
    throw new RangeError(`Expected heatmap ${Object.keys(activations).join(", ")}, got ${JSON.stringify(name)}.`);
  return activations[name];
}
