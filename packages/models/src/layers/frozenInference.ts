import { zerosLike } from "@tensorflow/tfjs-core";
import { trains } from "../model.ts";
import { customGradient } from "./customGradient.ts";
import type { Layer } from "./layer.ts";

/**
 * The layer, off the gradient tape in a training step in which none of its parameters trains: it runs as in inference, nothing flows back through it,
 * and its maps are freed at once instead of being kept for a gradient that nobody takes. For layers that begin at the pixels.
 */
export function frozenInference(layer: Layer, params: readonly string[]): Layer {
  return (x, mode) => {
    const inTraining = typeof mode.training === "function";
    if (!inTraining || params.some((name) => trains(mode, name))) return layer(x, mode);
    return customGradient(
      [x],
      (x) => ({ value: layer(x, {}), saved: [] }),
      () => [zerosLike(x)],
    );
  };
}
