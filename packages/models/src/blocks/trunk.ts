import { conv } from "../layers/conv.ts";
import { frozenInference } from "../layers/frozenInference.ts";
import { type Layer, sequence } from "../layers/layer.ts";
import { scaledChannels } from "../layers/scaledChannels.ts";
import type { WeightStore } from "../layers/weightStore.ts";
import { detectorBackbone } from "./detectorBackbone.ts";
import { afterWindow, type MapGeometry, type Window } from "./mapGeometry.ts";

/** Layers 1–9 of DetectorNet and DreamNet, and where the cells of their heatmap lie. */
export interface Trunk {
  /** [B, H, W, 1] -> logits [B, h, w, classes]. */
  readonly apply: Layer;
  readonly geometry: MapGeometry;
}

const seventh = { size: 3, pad: "valid" } as const satisfies Window;

/**
 * The detector itself, as both DetectorNet and DreamNet use it: the backbone, a valid 3x3, a 1x1 and the 1x1 of the logits.
 *
 * The order of the layers is documented; the channels are a re-implementation; that layer 7 is "valid" is ours (forced by 224 px -> 1x1).
 */
export function trunk(store: WeightStore, { classes, width }: { readonly classes: number; readonly width: number }): Trunk {
  const { maps, blocks } = detectorBackbone(store, { width });
  const last = maps.at(-1)!;
  const [wide, narrow] = [scaledChannels(1024, width), scaledChannels(512, width)];
  const layers = sequence([
    ...blocks.flat(),
    conv(store, "conv7", { inputs: last.channels, filters: wide, size: [seventh.size, seventh.size], pad: seventh.pad }),
    conv(store, "conv8", { inputs: wide, filters: narrow, size: [1, 1], pad: "valid" }),
    conv(store, "conv9", { inputs: narrow, filters: classes, size: [1, 1], pad: "valid", norm: "none", activation: "none" }),
  ]);
  // The trunk is the first to declare, so these are its own.
  return { apply: frozenInference(layers, Object.keys(store.params)), geometry: afterWindow(last, seventh) };
}
