import { add, pad, type Tensor4D } from "@tensorflow/tfjs-core";
import { conv } from "../layers/conv.ts";
import { upsample2x } from "../layers/upsample2x.ts";
import type { WeightStore } from "../layers/weightStore.ts";
import type { Mode } from "../model.ts";
import { afterWindow, type FeatureMap, type Window } from "./mapGeometry.ts";

/** Maps of one channel count at several strides, each with all that lies above it. */
export interface FeaturePyramid {
  /** What `apply` gives, finest first; the last is coarser than any map that goes in. */
  readonly maps: readonly FeatureMap[];
  /** Maps of a backbone, finest first, each half the size of the one before -> the pyramid. */
  apply(features: readonly Tensor4D[], mode: Mode): Tensor4D[];
}

/** 2x2 at stride 2, as the backbone's pools: so the cells' centers lie at half a stride on every level. Ours; Lin et al. take 3x3. */
const coarser = { size: 2, stride: 2, pad: "valid" } as const satisfies Window;

/**
 * A feature pyramid: a 1x1 convolution of each map, plus the coarser level, upsampled; then a 3x3. One more level by a convolution of stride 2.
 *
 * A last row or column that no coarser cell covers, since the backbone's pools drop it, gets nothing from above. Ours.
 *
 * Source: Lin et al. 2017 (FPN); re-implementation.
 */
export function featurePyramid(store: WeightStore, inputs: readonly FeatureMap[], { channels }: { readonly channels: number }): FeaturePyramid {
  const plain = { filters: channels, norm: "none", activation: "none" } as const;
  const laterals = inputs.map(({ name, channels: from }) =>
    conv(store, `pyramid/${name}/lateral`, { ...plain, inputs: from, size: [1, 1], pad: "valid" }),
  );
  const outputs = inputs.map(({ name }) => conv(store, `pyramid/${name}/output`, { ...plain, inputs: channels, size: [3, 3], pad: "same" }));
  const last = conv(store, "pyramid/top/output", {
    ...plain,
    inputs: channels,
    size: [coarser.size, coarser.size],
    stride: coarser.stride,
    pad: coarser.pad,
  });
  const top = { name: "top", channels, ...afterWindow(inputs.at(-1)!, coarser) };
  return {
    maps: [...inputs.map((map) => ({ ...map, channels })), top],
    apply(features, mode) {
      const merged: Tensor4D[] = [];
      for (let level = features.length - 1; level >= 0; level--) {
        const own = laterals[level]!(features[level]!, mode);
        const above = merged[0];
        merged.unshift(above ? add<Tensor4D>(own, grownTo(upsample2x(above), own)) : own);
      }
      const maps = merged.map((map, level) => outputs[level]!(map, mode));
      return [...maps, last(maps.at(-1)!, mode)];
    },
  };
}

/** Zeros below and to the right, up to the size of the other map. */
function grownTo(x: Tensor4D, { shape: [, rows, columns] }: Tensor4D): Tensor4D {
  const [down, right] = [rows - x.shape[1], columns - x.shape[2]];
  if (down === 0 && right === 0) return x;
  return pad(x, [
    [0, 0],
    [0, down],
    [0, right],
    [0, 0],
  ]);
}
