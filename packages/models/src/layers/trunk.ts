import { convBias } from "./convBias.ts";
import { convNormRelu } from "./convNormRelu.ts";
import { type Layer, sequence } from "./layer.ts";
import { maxPool } from "./maxPool.ts";
import { resting } from "./resting.ts";
import type { WeightStore } from "./weightStore.ts";

export interface TrunkOptions {
  readonly classes: number;
  readonly width: number;
}

/**
 * Layers 1–9, the detector itself, as both DetectorNet and DreamNet use it: [B, H, W, 1] -> logits [B, ⌊H/64⌋ − 2, ⌊W/64⌋ − 2, classes]. H and W at least 192.
 * A cell sees 444 px of the input and the next cell lies 64 px on.
 *
 * The order of the layers is documented; the channels are a re-implementation; that layer 7 is "valid" is ours (forced by 224 px -> 1x1).
 */
export function trunk(store: WeightStore, { classes, width }: TrunkOptions): Layer {
  const wide = (channels: number) => scaledChannels(channels, width);
  const blocks: Layer[] = [];
  let inputs = 1;
  for (const [index, channels] of [32, 64, 128, 256, 256, 512].entries()) {
    const filters = wide(channels);
    const conv = { filters, size: [3, 3], pad: "same" } as const;
    blocks.push(
      convNormRelu(store, `block${index + 1}/conv1`, { ...conv, inputs }),
      convNormRelu(store, `block${index + 1}/conv2`, { ...conv, inputs: filters }),
      maxPool(2),
    );
    inputs = filters;
  }
  const layers = sequence([
    ...blocks,
    convNormRelu(store, "conv7", { inputs, filters: wide(1024), size: [3, 3], pad: "valid" }),
    convNormRelu(store, "conv8", { inputs: wide(1024), filters: wide(512), size: [1, 1], pad: "valid" }),
    convBias(store, "conv9", { inputs: wide(512), filters: classes, size: [1, 1], pad: "valid" }),
  ]);
  // The trunk is the first to declare, so these are its own.
  return resting(layers, Object.keys(store.params));
}

/** Channels at a width; at least one. */
export function scaledChannels(channels: number, width: number): number {
  if (!(width > 0 && width <= 1)) throw new RangeError(`Expected width in (0, 1], got ${width}.`);
  return Math.max(1, Math.round(channels * width));
}

/** Side of the heatmap for a side of the input, in cells; 0 or less where the input is too small. */
export function heatmapSide(pixels: number): number {
  return Math.floor(pixels / 64) - 2;
}
