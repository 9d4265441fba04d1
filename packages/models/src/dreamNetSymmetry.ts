import { concat, maxPool, split, sub, type Tensor2D, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { heatmapActivation } from "./blocks/heatmapActivation.ts";
import { imageHead, pooledSize, requirePooledSize } from "./blocks/imageHead.ts";
import type { MapGeometry } from "./blocks/mapGeometry.ts";
import { bothSides, otherSide, type Pair, requirePair, requireSameSides, sideBySide } from "./blocks/pair.ts";
import { cellLogits, featureTrunk } from "./blocks/trunk.ts";
import { type DreamNetOptions, dreamNetDefaults } from "./dreamNet.ts";
import { conv } from "./layers/conv.ts";
import { type WeightStore, withWeightStore } from "./layers/weightStore.ts";
import type { Mode, Model } from "./model.ts";
import { withDefaults } from "./withDefaults.ts";

/** The options of a DreamNet. */
export type DreamNetSymmetryOptions = DreamNetOptions;

/** The classifier of both breasts in one view with its weights. */
export interface DreamNetSymmetry extends Model {
  readonly options: DreamNetSymmetryOptions;
  /** Of the heatmaps: DetectorNet's. */
  readonly geometry: MapGeometry;
  /** Views of left and right, both chest wall left -> logits of cancer [B, 2], left and right; that of an absent side means nothing. */
  apply(views: Pair, mode?: Mode): Tensor2D;
  /** The same, and the cells behind it: the detector's logits of each side, [B, h, w, classes], before the heatmap's activation. */
  applyWithHeatmaps(views: Pair, mode?: Mode): { readonly logits: Tensor2D; readonly leftHeatmap: Tensor4D; readonly rightHeatmap: Tensor4D };
  /** Layers 1–8 alone: views [B, rows, columns, 1] -> features [B, 16, 10, 512 · width]. */
  features(x: Tensor4D, mode?: Mode): Tensor4D;
  /** What follows alone: features of left and right, as `features` gives them -> logits [B, 2]. Trains on stored features while the trunk is frozen. */
  classify(features: Pair, mode?: Mode): Tensor2D;
}

/**
 * The classifier of both breasts: a DreamNet whose heatmap also shows what the other breast does not have.
 *
 * Layers 1–8 of DetectorNet run over both views: F [B, 16, 10, 512]. What is new at a place is D = F − maxPool3x3(F of the other breast); the pool forgives that
 * the two do not quite match. The detector's layer 9 on F and a 1x1 of its own on D give twice the classes for the pool and head of DreamNet, whose shortcut
 * also sees the flag of a missing other side; F of a missing side is learned. Swapping the breasts swaps the logits. Names of the layers are DreamNet's.
 *
 * Source: the name is documented (MammoScreen), all else ours; left and right beside each other as in NYU's nets, differences of features as in AsymMirai.
 *
 * @throws RangeError as `dreamNet`, and from `apply` for sides of different shapes.
 * @example
 * const logits = dreamNetSymmetry({ width: 0.25 }).apply({ left, right, present }); // [2, 1200, 800, 1] twice, [2, 2] -> [2, 2]
 */
export function dreamNetSymmetry(options: Partial<DreamNetSymmetryOptions> = {}): DreamNetSymmetry {
  const full = withDefaults<DreamNetSymmetryOptions>("dreamNetSymmetry", dreamNetDefaults, options, ["headWidth"]);
  return withWeightStore(full.seed, (store) => build(store, full));
}

function build(store: WeightStore, full: DreamNetSymmetryOptions): DreamNetSymmetry {
  const { rows, columns, width, headWidth = width } = full;
  const classes = full.classes.length;
  const { apply: features, channels, geometry } = featureTrunk(store, { width });
  const pooled = pooledSize(rows, columns, geometry);
  const detect = cellLogits(store, { inputs: channels, classes });
  const nothing = store.param<Tensor4D>("asymmetry/nothing", [1, 1, 1, channels], 0);
  const compare = conv(store, "asymmetry", { inputs: channels, filters: classes, size: [1, 1], pad: "valid", norm: "none", activation: "none" });
  const head = imageHead(store, { inputs: 2 * classes, pooled, width: headWidth, extras: 1 });
  const activate = heatmapActivation(full.heatmap);

  /** Features of all left and then all right sides [2B, 16, 10, channels]. */
  const judge = (own: Tensor4D, present: Tensor2D, mode: Mode) => {
    const { other, missing } = otherSide(own, present, nothing);
    const asymmetry = compare(sub(own, maxPool(other, 3, 1, "same")), mode); // [2B, 16, 10, classes]
    const heatmap = detect(own, mode);
    return { logits: sideBySide(head(concat([activate(heatmap), activate(asymmetry)], 3), mode, missing)), heatmap };
  };
  const applyWithHeatmaps = (views: Pair, mode: Mode = {}) => {
    requirePair(views);
    requirePooledSize(views.left, pooled, geometry);
    return tidy(() => {
      const { logits, heatmap } = judge(features(bothSides(views), mode), views.present, mode);
      const [leftHeatmap, rightHeatmap] = split(heatmap, 2, 0) as [Tensor4D, Tensor4D];
      return { logits, leftHeatmap, rightHeatmap };
    });
  };
  return {
    options: full,
    geometry,
    params: store.params,
    buffers: store.buffers,
    applyWithHeatmaps,
    apply: (views, mode) => tidy(() => applyWithHeatmaps(views, mode).logits),
    features(x, mode = {}) {
      requirePooledSize(x, pooled, geometry);
      return tidy(() => features(x, mode));
    },
    classify(pair, mode = {}) {
      requireSameSides(pair);
      return tidy(() => judge(bothSides(pair), pair.present, mode).logits);
    },
    dispose: store.dispose,
  };
}
