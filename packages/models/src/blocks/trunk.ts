import { conv } from "../layers/conv.ts";
import { frozenInference } from "../layers/frozenInference.ts";
import { type Layer, sequence } from "../layers/layer.ts";
import { scaledChannels } from "../layers/scaledChannels.ts";
import type { WeightStore } from "../layers/weightStore.ts";
import { detectorBackbone } from "./detectorBackbone.ts";
import { afterWindow, type MapGeometry, type Window } from "./mapGeometry.ts";

/** Layers of DetectorNet from the pixels on, and where the cells of their map lie. */
export interface Trunk {
  /** [B, H, W, 1] -> [B, h, w, channels]. */
  readonly apply: Layer;
  /** Of the map that `apply` gives. */
  readonly channels: number;
  readonly geometry: MapGeometry;
}

const seventh = { size: 3, pad: "valid" } as const satisfies Window;

/**
 * Layers 1–9, as DetectorNet and DreamNet use them: the backbone, a valid 3x3, a 1x1 and the 1x1 of the logits, one channel a class.
 *
 * The order of the layers is documented; the channels are a re-implementation; that layer 7 is "valid" is ours (forced by 224 px -> 1x1).
 */
export function trunk(
  store: WeightStore,
  { classes, width }: { readonly classes: number; readonly width: number },
): Trunk & { /** Layers 1–8, and layer 9 on what they give. */ readonly features: Layer; readonly logits: Layer } {
  const { layers, channels, geometry } = firstEight(store, width);
  const logits = cellLogits(store, { inputs: channels, classes });
  const all = sequence([...layers, logits]);
  return { apply: offTheTape(store, all), features: sequence(layers), logits, channels: classes, geometry };
}

/** Layers 1–8 alone, for graphs that compare or pool features: 512 channels at width 1. */
export function featureTrunk(store: WeightStore, { width }: { readonly width: number }): Trunk {
  const { layers, channels, geometry } = firstEight(store, width);
  return { apply: offTheTape(store, sequence(layers)), channels, geometry };
}

/** Layer 9: features of a cell -> its logits. */
export function cellLogits(store: WeightStore, { inputs, classes }: { readonly inputs: number; readonly classes: number }): Layer {
  return conv(store, "conv9", { inputs, filters: classes, size: [1, 1], pad: "valid", norm: "none", activation: "none" });
}

function firstEight(
  store: WeightStore,
  width: number,
): { readonly layers: readonly Layer[]; readonly channels: number; readonly geometry: MapGeometry } {
  const { maps, blocks } = detectorBackbone(store, { width });
  const last = maps.at(-1)!;
  const [wide, narrow] = [scaledChannels(1024, width), scaledChannels(512, width)];
  const layers = [
    ...blocks.flat(),
    conv(store, "conv7", { inputs: last.channels, filters: wide, size: [seventh.size, seventh.size], pad: seventh.pad }),
    conv(store, "conv8", { inputs: wide, filters: narrow, size: [1, 1], pad: "valid" }),
  ];
  return { layers, channels: narrow, geometry: afterWindow(last, seventh) };
}

/** The trunk is the first to declare, so all that the store holds so far is its own. */
const offTheTape = (store: WeightStore, layers: Layer): Layer => frozenInference(layers, Object.keys(store.params));
