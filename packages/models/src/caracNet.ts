import { concat, split, type Tensor2D, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { featureTrunk } from "./blocks/trunk.ts";
import { dense } from "./layers/dense.ts";
import { globalMean } from "./layers/globalMean.ts";
import { scaledChannels } from "./layers/scaledChannels.ts";
import { type WeightStore, withWeightStore } from "./layers/weightStore.ts";
import { kindClasses } from "./lesionClasses.ts";
import { lesionGeometryNames } from "./lesionGeometry.ts";
import type { Mode, Model } from "./model.ts";
import { requireCells } from "./requireImages.ts";
import { withDefaults } from "./withDefaults.ts";

/** Kinds, size and seed of a CaracNet. */
export interface CaracNetOptions {
  /** Names of the logits of kind, in their order. Default `kindClasses`. */
  readonly classes: readonly string[];
  /** Factor on every channel count, in (0, 1]. */
  readonly width: number;
  /** Of the initial weights; any integer. */
  readonly seed: number;
}

/** What `caracNet` takes where an option is left out: the full width. */
export const caracNetDefaults = { classes: kindClasses, width: 1, seed: 0 } as const satisfies CaracNetOptions;

/** Lesions as a CaracNet sees them, one a row of the batch. */
export interface LesionCrops {
  /** The lesion itself, 1.25 times its box: [B, H, W, 1] in [0, 1]; 224x224 is usual, 192 and more go. */
  readonly fine: Tensor4D;
  /** What lies around it, 2.5 times its box: of the same shape. */
  readonly context: Tensor4D;
  /** `lesionGeometry` of each: [B, 8]. */
  readonly geometry: Tensor2D;
}

/** The characterizer of one lesion with its weights. */
export interface CaracNet extends Model {
  readonly options: CaracNetOptions;
  /** Crops and geometry -> logit of malignancy [B, 1] and logits of kind [B, classes]. */
  apply(lesions: LesionCrops, mode?: Mode): { readonly malignancy: Tensor2D; readonly kind: Tensor2D };
}

/**
 * The characterizer: is this lesion malignant, and of which kind?
 *
 * Both crops pass layers 1–8 of DetectorNet (with its names, so its weights load) and their mean over the cells; with the geometry they are one vector for a
 * dense layer of 256 at width 1, from which both answers are read.
 *
 * Source: the name is documented (MammoScreen), all else ours.
 *
 * @throws RangeError from `apply` for crops under 192 px, of different shapes, or geometry of another shape.
 * @example
 * const model = caracNet({ width: 0.25 });
 * const { malignancy, kind } = model.apply({ fine, context, geometry }); // [8, 224, 224, 1] twice, [8, 8] -> [8, 1], [8, 4]
 */
export function caracNet(options: Partial<CaracNetOptions> = {}): CaracNet {
  const full = withDefaults<CaracNetOptions>("caracNet", caracNetDefaults, options);
  return withWeightStore(full.seed, (store) => build(store, full));
}

function build(store: WeightStore, full: CaracNetOptions): CaracNet {
  const { apply: features, channels, geometry: cells } = featureTrunk(store, full);
  const units = scaledChannels(256, full.width);
  const joined = dense(store, "head/dense", { inputs: 2 * channels + lesionGeometryNames.length, units, activation: "relu" });
  const malignancy = dense(store, "head/malignancy", { inputs: units, units: 1, activation: "none" });
  const kind = dense(store, "head/kind", { inputs: units, units: full.classes.length, activation: "none" });
  return {
    options: full,
    params: store.params,
    buffers: store.buffers,
    apply({ fine, context, geometry }, mode = {}) {
      requireCells(fine, cells);
      const [batch] = fine.shape;
      if (fine.shape.join() !== context.shape.join() || geometry.shape.join() !== `${batch},${lesionGeometryNames.length}`)
        throw new RangeError(
          `Expected context crops [${fine.shape.join(", ")}] as the fine ones and geometry [${batch}, ${lesionGeometryNames.length}], ` +
            `got [${context.shape.join(", ")}] and [${geometry.shape.join(", ")}].`,
        );
      return tidy(() => {
        const pooled = split<Tensor2D>(globalMean(features(concat([fine, context], 0), mode)), 2, 0); // [B, channels] twice
        const vector = joined(concat<Tensor2D>([...pooled, geometry], 1));
        return { malignancy: malignancy(vector), kind: kind(vector) };
      });
    },
    dispose: store.dispose,
  };
}
