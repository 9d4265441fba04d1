import { minMax, requireKnownKeys } from "@mammo/mammogram";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { conv } from "../layers/conv.ts";
import { type Layer, sequence } from "../layers/layer.ts";
import { maxPool } from "../layers/maxPool.ts";
import { scaledChannels } from "../layers/scaledChannels.ts";
import type { WeightStore } from "../layers/weightStore.ts";
import type { Mode } from "../model.ts";
import { afterWindow, type FeatureMap, imageGeometry, type MapGeometry, type Window } from "./mapGeometry.ts";

/** Blocks of layers that other graphs build on, and the map that each of them gives. */
export interface Backbone {
  /** What each block gives, first block first. */
  readonly maps: readonly FeatureMap[];
  /** The layers of each block. */
  readonly blocks: readonly (readonly Layer[])[];
}

/** Channels of the six blocks at width 1. Re-implementation. */
const channels = [32, 64, 128, 256, 256, 512] as const;
const kernel = { size: 3, pad: "same" } as const satisfies Window;
const pool = { size: 2, stride: 2, pad: "valid" } as const satisfies Window;

/**
 * Six blocks of (convolution 3x3, batch norm, ReLU) twice and max pool 2x2: [B, H, W, 1] -> maps of strides 2, 4, 8, 16, 32 and 64 px.
 *
 * The order of the layers is documented (Nikulin, DREAM challenge 2017); the channels are a re-implementation.
 *
 * @example
 * const { maps } = detectorBackbone(weightStore(0), { width: 1 });
 * maps.map(({ name, channels, stride }) => ({ name, channels, stride })); // block1, 32, 2; …; block6, 512, 64
 */
export function detectorBackbone(store: WeightStore, options: { readonly width: number }): Backbone {
  requireKnownKeys("detectorBackbone", options, { width: true });
  const { width } = options;
  const maps: FeatureMap[] = [];
  let inputs = 1;
  let geometry: MapGeometry = imageGeometry;
  const blocks = channels.map((full, index) => {
    const name = `block${index + 1}`;
    const filters = scaledChannels(full, width);
    const options = { filters, size: [kernel.size, kernel.size], pad: kernel.pad } as const;
    const layers = [
      conv(store, `${name}/conv1`, { ...options, inputs }),
      conv(store, `${name}/conv2`, { ...options, inputs: filters }),
      maxPool(pool.size),
    ];
    geometry = [kernel, kernel, pool].reduce(afterWindow, geometry);
    maps.push({ name, channels: filters, ...geometry });
    inputs = filters;
    return layers;
  });
  return { maps, blocks };
}

/**
 * The maps of the named blocks, in the order of the blocks; those of the others are freed outside training.
 *
 * @throws RangeError for a name that no block has.
 */
export function featureMaps({ maps, blocks }: Backbone, names: readonly string[]): (x: Tensor4D, mode: Mode) => Tensor4D[] {
  const wanted = names.map((name) => maps.findIndex((map) => map.name === name));
  if (wanted.includes(-1)) throw new RangeError(`Expected blocks among ${maps.map(({ name }) => name).join(", ")}, got ${names.join(", ")}.`);
  return (input, mode) => {
    const kept: Tensor4D[] = [];
    let x = input;
    for (const [index, layers] of blocks.slice(0, minMax(wanted)[1] + 1).entries()) {
      const y = sequence(layers)(x, mode);
      if (x !== input && !kept.includes(x) && !mode.training) x.dispose();
      if (wanted.includes(index)) kept.push(y);
      x = y;
    }
    return kept;
  };
}
