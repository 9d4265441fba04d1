import { concat, reshape, type Tensor3D, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { detectorBackbone, featureMaps } from "./blocks/detectorBackbone.ts";
import { featurePyramid } from "./blocks/featurePyramid.ts";
import { cellsAlong, type FeatureMap } from "./blocks/mapGeometry.ts";
import { type AnchorLevel, anchorGrid } from "./detection/anchors.ts";
import { conv } from "./layers/conv.ts";
import { type Layer, sequence } from "./layers/layer.ts";
import { scaledChannels } from "./layers/scaledChannels.ts";
import { smallUniform } from "./layers/smallUniform.ts";
import { type WeightStore, withWeightStore } from "./layers/weightStore.ts";
import { kindClasses } from "./lesionClasses.ts";
import type { Mode, Model } from "./model.ts";
import { requireCells } from "./requireImages.ts";
import { withDefaults } from "./withDefaults.ts";

/** Classes, anchors, size and seed of a RetinaNet. */
export interface RetinaNetOptions {
  /** Names of an anchor's logits, in their order: `kindClasses` (the default), `pathologyClasses` or others. */
  readonly classes: readonly string[];
  /** Factor on every channel count, in (0, 1]; the backbone's is the detector's. */
  readonly width: number;
  /** Blocks of the backbone that the pyramid stands on, neighbors, finest first; one coarser level is added. Default blocks 3 to 6: strides 8 to 64. */
  readonly blocks: readonly string[];
  /** Sides of a level's square anchors in strides of the level. Default 2.5 · {1, 2^⅓, 2^⅔}: 20 to 508 px. */
  readonly anchorSizes: readonly number[];
  /** Heights over widths of the anchors. */
  readonly anchorRatios: readonly number[];
  /** Probability of each class at an anchor before anything is learned (Lin et al. 2017, 4.1). */
  readonly prior: number;
  /** Of the initial weights; any integer. */
  readonly seed: number;
}

/**
 * What `retinaNet` takes where an option is left out. The anchors are chosen by coverage: the usual 4 strides miss small calcifications and masses
 * (`anchorCoverage`; test/anchorCoverage.test.ts).
 */
export const retinaNetDefaults = {
  classes: kindClasses,
  width: 1,
  blocks: ["block3", "block4", "block5", "block6"],
  anchorSizes: [2.5, 2.5 * 2 ** (1 / 3), 2.5 * 2 ** (2 / 3)],
  anchorRatios: [0.5, 1, 2],
  prior: 0.01,
  seed: 0,
} as const satisfies RetinaNetOptions;

/** What a RetinaNet says of each anchor. */
export interface RetinaOutputs {
  /** [B, A, classes], one sigmoid each. */
  readonly logits: Tensor3D;
  /** [B, A, 4], from the anchor to the box: `decodeBoxes`. */
  readonly offsets: Tensor3D;
}

/** The detector of lesions with its weights. */
export interface RetinaNet extends Model {
  readonly options: RetinaNetOptions;
  /** The levels that anchors stand on, finest first. */
  readonly maps: readonly FeatureMap[];
  /** x [B, H, W, 1] in [0, 1] -> logits [B, A, classes] and offsets [B, A, 4], in the order of `anchors(H, W)`. Both sides at least 128 px by default. */
  apply(x: Tensor4D, mode?: Mode): RetinaOutputs;
  /** The anchors of an input of this size, in pixels: [A, 4]. 179,505 at 1200x800. */
  anchors(rows: number, columns: number): Float32Array;
}

/** Convolutions in each head before the last one. */
const towerLayers = 4;

/**
 * The detector of lesions: [B, H, W, 1] -> logits and box offsets of each anchor.
 *
 * DetectorNet's blocks (with its names, so its weights load), a feature pyramid of 256 channels at width 1, and two heads that all levels share: four
 * times (convolution 3x3, group norm, ReLU) and a convolution of the logits or the offsets. It has one result, whether it trains or not: losses are
 * `detectionLosses` of `@mammo/train`, findings `detectLesions`.
 *
 * Source: Lin et al. 2017; the name documented, the form on DetectorNet's blocks, group norm (8 channels a group) and anchors ours.
 *
 * @throws RangeError for blocks that are none or no neighbors, a prior outside (0, 1), anchors without a size; `apply`, for images smaller than a cell of the
 * coarsest level.
 * @example
 * const model = retinaNet({ width: 0.25 });
 * const { logits, offsets } = model.apply(views); // [2, 1200, 800, 1] -> [2, 179505, 4] twice
 */
export function retinaNet(options: Partial<RetinaNetOptions> = {}): RetinaNet {
  const full = withDefaults<RetinaNetOptions>("retinaNet", retinaNetDefaults, options);
  return withWeightStore(full.seed, (store) => build(store, full));
}

function build(store: WeightStore, full: RetinaNetOptions): RetinaNet {
  const { classes, width, anchorSizes, anchorRatios: ratios, prior } = full;
  if (!(prior > 0 && prior < 1)) throw new RangeError(`Expected prior in (0, 1), got ${prior}.`);
  const backbone = detectorBackbone(store, { width });
  const features = featureMaps(backbone, full.blocks);
  const pyramid = featurePyramid(store, neighbors(backbone.maps, full.blocks), { channels: scaledChannels(256, width) });
  const inACell = anchorSizes.length * ratios.length;
  const levelsOf = (rows: number, columns: number): AnchorLevel[] =>
    pyramid.maps.map((map) => ({
      rows: cellsAlong(rows, map),
      columns: cellsAlong(columns, map),
      stride: map.stride,
      offset: map.offset,
      sizes: anchorSizes.map((size) => size * map.stride),
    }));
  const coarsest = pyramid.maps.at(-1)!;
  anchorGrid(levelsOf(coarsest.cellSize, coarsest.cellSize), { ratios }); // refuses sizes and ratios that are none
  const channels = coarsest.channels;
  const classify = head(store, "classHead", { channels, outputs: inACell * classes.length, bias: -Math.log((1 - prior) / prior) });
  const place = head(store, "boxHead", { channels, outputs: inACell * 4, bias: 0 });

  return {
    options: full,
    maps: pyramid.maps,
    params: store.params,
    buffers: store.buffers,
    apply(x, mode = {}) {
      requireCells(x, coarsest);
      const batch = x.shape[0];
      return tidy(() => {
        const levels = pyramid.apply(features(x, mode), mode);
        const run = (layer: Layer, numbers: number) =>
          concat(
            levels.map((level) => reshape(layer(level, mode), [batch, -1, numbers]) as Tensor3D), // [B, h·w·anchors in a cell, numbers]
            1,
          );
        return { logits: run(classify, classes.length), offsets: run(place, 4) };
      });
    },
    anchors: (rows, columns) => anchorGrid(levelsOf(rows, columns), { ratios }),
    dispose: store.dispose,
  };
}

function head(
  store: WeightStore,
  name: string,
  { channels, outputs, bias }: { readonly channels: number; readonly outputs: number; readonly bias: number },
): Layer {
  const groups = channels % 8 === 0 ? channels / 8 : 1;
  const tower = Array.from({ length: towerLayers }, (_, index) =>
    conv(store, `${name}/conv${index + 1}`, { inputs: channels, filters: channels, size: [3, 3], pad: "same", norm: "group", groups }),
  );
  const last = conv(store, `${name}/output`, {
    ...{ inputs: channels, filters: outputs, size: [3, 3], pad: "same", norm: "none", activation: "none" },
    ...{ init: smallUniform, bias },
  });
  return sequence([...tower, last]);
}

/** The maps of these blocks, which must follow each other: each level of the pyramid is twice as fine as the next. */
function neighbors(maps: readonly FeatureMap[], names: readonly string[]): FeatureMap[] {
  const from = maps.findIndex(({ name }) => name === names[0]);
  const run = maps.slice(from, from + names.length);
  if (run.length === 0 || run.map(({ name }) => name).join() !== names.join())
    throw new RangeError(
      `Expected blocks that follow each other, finest first, such as block3, block4, block5, block6, got ${names.join(", ") || "none"}.`,
    );
  return run;
}
