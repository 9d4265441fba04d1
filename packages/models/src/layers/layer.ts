import { type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import type { Mode } from "../model.ts";

/** A piece of a graph: [B, H, W, C] -> [B, H', W', C']. */
export type Layer = (x: Tensor4D, mode: Mode) => Tensor4D;

/** The layers in order. Outside training each map is freed as soon as the next one stands: a 1200x800 view at full width would else hold 0.5 GB. */
export function sequence(layers: readonly Layer[]): Layer {
  return (input, mode) =>
    layers.reduce((x, layer) => {
      const y = tidy(() => layer(x, mode));
      if (x !== input && !mode.training) x.dispose();
      return y;
    }, input);
}
