import { abs, concat, mul, sub, type Tensor2D, tidy } from "@tensorflow/tfjs-core";
import { bothSides, otherSide, type Pair, requirePair, sideBySide } from "./blocks/pair.ts";
import { featureTrunk } from "./blocks/trunk.ts";
import { dense } from "./layers/dense.ts";
import { globalMean } from "./layers/globalMean.ts";
import { scaledChannels } from "./layers/scaledChannels.ts";
import { type WeightStore, withWeightStore } from "./layers/weightStore.ts";
import type { Mode, Model } from "./model.ts";
import { requireCells } from "./requireImages.ts";
import { withDefaults } from "./withDefaults.ts";

/** Size and seed of a CaracNetSymmetry. */
export interface CaracNetSymmetryOptions {
  /** Factor on every channel count, in (0, 1]. */
  readonly width: number;
  /** Of the initial weights; any integer. */
  readonly seed: number;
}

/** What `caracNetSymmetry` takes where an option is left out: the full width. */
export const caracNetSymmetryDefaults = { width: 1, seed: 0 } as const satisfies CaracNetSymmetryOptions;

/** The characterizer of two opposite places with its weights. */
export interface CaracNetSymmetry extends Model {
  readonly options: CaracNetSymmetryOptions;
  /** Crops of left and right, 224x224 usual -> logits of malignancy [B, 2], left and right; that of an absent side means nothing. */
  apply(crops: Pair, mode?: Mode): Tensor2D;
}

/**
 * The characterizer that looks at the same place of the other breast: is what is here malignant, given what is there?
 *
 * Both crops pass layers 1–8 of DetectorNet (with its names, so its weights load) and their mean over the cells. For each side, a its own and b the other's:
 * [a, b, |a − b|, a · b] and the flag of a missing other side, whose b is a learned vector, go into a dense layer of 256 at width 1. Swapping the breasts
 * swaps the logits.
 *
 * Source: the name is documented (MammoScreen), all else ours.
 *
 * @throws RangeError from `apply` for crops under 192 px, or of different shapes.
 * @example
 * const logits = caracNetSymmetry({ width: 0.25 }).apply({ left, right, present }); // [8, 224, 224, 1] twice, [8, 2] -> [8, 2]
 */
export function caracNetSymmetry(options: Partial<CaracNetSymmetryOptions> = {}): CaracNetSymmetry {
  const full = withDefaults<CaracNetSymmetryOptions>("caracNetSymmetry", caracNetSymmetryDefaults, options);
  return withWeightStore(full.seed, (store) => build(store, full));
}

function build(store: WeightStore, full: CaracNetSymmetryOptions): CaracNetSymmetry {
  const { apply: features, channels, geometry } = featureTrunk(store, full);
  const nothing = store.param<Tensor2D>("head/nothing", [1, channels], 0);
  const units = scaledChannels(256, full.width);
  const joined = dense(store, "head/dense", { inputs: 4 * channels + 1, units, activation: "relu" });
  const malignancy = dense(store, "head/malignancy", { inputs: units, units: 1, activation: "none" });
  return {
    options: full,
    params: store.params,
    buffers: store.buffers,
    apply(crops, mode = {}) {
      requirePair(crops);
      requireCells(crops.left, geometry);
      return tidy(() => {
        const own = globalMean(features(bothSides(crops), mode)); // [2B, channels]
        const { other, missing } = otherSide(own, crops.present, nothing);
        const vector = concat([own, other, abs(sub<Tensor2D>(own, other)), mul<Tensor2D>(own, other), missing], 1);
        return sideBySide(malignancy(joined(vector)));
      });
    },
    dispose: store.dispose,
  };
}
