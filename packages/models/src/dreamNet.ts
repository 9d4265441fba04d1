import { type Tensor2D, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { type HeatmapActivation, heatmapActivation } from "./blocks/heatmapActivation.ts";
import { imageHead, pooledSize, requirePooledSize } from "./blocks/imageHead.ts";
import type { MapGeometry } from "./blocks/mapGeometry.ts";
import { trunk } from "./blocks/trunk.ts";
import { type DetectorNetOptions, detectorNetDefaults } from "./detectorNet.ts";
import { type WeightStore, withWeightStore } from "./layers/weightStore.ts";
import type { Mode, Model } from "./model.ts";
import { requireCells } from "./requireImages.ts";
import { withDefaults } from "./withDefaults.ts";

/** Size of the view and of the net; those of the trunk are DetectorNet's. */
export interface DreamNetOptions extends DetectorNetOptions {
  /** Of the view, pixels. Default 1200 x 800. */
  readonly rows: number;
  readonly columns: number;
  /** What the pool sees of the heatmap's logits. */
  readonly heatmap: HeatmapActivation;
  /** Factor on the head's channels (16 and 8), in (0, 1]; undefined: the same as `width`. */
  readonly headWidth?: number | undefined;
}

/** What `dreamNet` takes where an option is left out: the standard image of @mammo/io at the full width. */
export const dreamNetDefaults = { ...detectorNetDefaults, rows: 1200, columns: 800, heatmap: "relu" } as const satisfies DreamNetOptions;

/** The classifier of a whole view with its weights: the trunk of a DetectorNet and a head on its heatmap. */
export interface DreamNet extends Model {
  readonly options: DreamNetOptions;
  /** Of the heatmap: DetectorNet's. */
  readonly geometry: MapGeometry;
  /** x [B, rows, columns, 1] in [0, 1] -> logit of cancer [B, 1]. */
  apply(x: Tensor4D, mode?: Mode): Tensor2D;
  /** The same, and the detector's logits cell by cell (before the heatmap's activation): [B, h, w, classes]. */
  applyWithHeatmap(x: Tensor4D, mode?: Mode): { readonly logit: Tensor2D; readonly heatmap: Tensor4D };
  /** The logit as in inference, and what layer 8 says of each cell, before its five logits: features [B, h, w, 512 · width]. */
  applyWithFeatures(x: Tensor4D): { readonly logit: Tensor2D; readonly features: Tensor4D };
  /** The trunk alone, on any input of at least 192x192: [B, H, W, 1] -> the detector's logits [B, ⌊H/64⌋ − 2, ⌊W/64⌋ − 2, classes]. */
  heatmap(x: Tensor4D, mode?: Mode): Tensor4D;
  /** The head alone: heatmap [B, h, w, classes] as `heatmap` gives it -> logit of cancer [B, 1]. Trains on stored heatmaps while the trunk is frozen. */
  classify(heatmap: Tensor4D, mode?: Mode): Tensor2D;
}

/**
 * The image classifier: [B, 1200, 800, 1] -> logit of cancer [B, 1].
 *
 * DetectorNet's layers 1–9 run over the whole view; the heatmap (16x10 cells) passes its activation and a 5x5 max pool (3x2), and two branches read it:
 * A, a convolution over all of it and two 1x1, and B, the "linear shortcut". logit = A + B.
 *
 * Source: Nikulin, DREAM challenge 2017 (pool, 16, 8, "linear shortcut": documented; activation, form of the shortcut: re-implementation).
 *
 * @throws RangeError for a view whose pool would be empty; `apply`, for a view that pools to another size than the one built for (1152x896 and 1200x800
 * both pool to 3x2).
 * @example
 * const model = dreamNet({ width: 0.25 });
 * const logit = model.apply(views); // [2, 1200, 800, 1] -> [2, 1]
 */
export function dreamNet(options: Partial<DreamNetOptions> = {}): DreamNet {
  const full = withDefaults<DreamNetOptions>("dreamNet", dreamNetDefaults, options, ["headWidth"]);
  return withWeightStore(full.seed, (store) => build(store, full));
}

function build(store: WeightStore, full: DreamNetOptions): DreamNet {
  const { rows, columns, width, headWidth = width } = full;
  const classes = full.classes.length;
  const { apply: detect, features: featuresOf, logits: logitsOf, geometry } = trunk(store, { classes, width });
  const pooled = pooledSize(rows, columns, geometry);
  const head = imageHead(store, { inputs: classes, pooled, width: headWidth });
  const activate = heatmapActivation(full.heatmap);

  const applyWithHeatmap = (x: Tensor4D, mode: Mode = {}) => {
    requirePooledSize(x, pooled, geometry);
    return tidy(() => {
      const heatmap = detect(x, mode); // [B, 16, 10, classes]
      return { logit: head(activate(heatmap), mode), heatmap };
    });
  };
  return {
    options: full,
    geometry,
    params: store.params,
    buffers: store.buffers,
    applyWithHeatmap,
    apply: (x, mode) => tidy(() => applyWithHeatmap(x, mode).logit),
    applyWithFeatures(x) {
      requirePooledSize(x, pooled, geometry);
      return tidy(() => {
        const features = featuresOf(x, {}); // [B, 16, 10, 512 · width]
        return { logit: head(activate(logitsOf(features, {})), {}), features };
      });
    },
    heatmap(x, mode = {}) {
      requireCells(x, geometry);
      return tidy(() => detect(x, mode));
    },
    classify: (heatmap, mode = {}) => tidy(() => head(activate(heatmap), mode)),
    dispose: store.dispose,
  };
}
