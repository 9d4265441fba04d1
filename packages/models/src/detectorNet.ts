import { type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import type { MapGeometry } from "./blocks/mapGeometry.ts";
import { trunk } from "./blocks/trunk.ts";
import { detectorClasses } from "./detectorClasses.ts";
import { weightStore } from "./layers/weightStore.ts";
import type { Mode, Model } from "./model.ts";
import { requireCells } from "./requireImages.ts";
import { withDefaults } from "./withDefaults.ts";

/** Classes, size and seed of a DetectorNet. */
export interface DetectorNetOptions {
  /** Names of the logits of a cell, in their order. Default `detectorClasses`. */
  readonly classes: readonly string[];
  /** Factor on every channel count, in (0, 1]; meant 1, 0.5, 0.25, 0.125. At 1: 11.1 M parameters. */
  readonly width: number;
  /** Of the initial weights; any integer. */
  readonly seed: number;
}

/** What `detectorNet` takes where an option is left out: the full width. */
export const detectorNetDefaults = { classes: detectorClasses, width: 1, seed: 0 } as const satisfies DetectorNetOptions;

/** The patch classifier with its weights. */
export interface DetectorNet extends Model {
  readonly options: DetectorNetOptions;
  /** Of the map of logits: stride 64 px, receptive field 444 px, a cell for each 192 px and more. */
  readonly geometry: MapGeometry;
  /** x [B, H, W, 1] in [0, 1] -> logits [B, ⌊H/64⌋ − 2, ⌊W/64⌋ − 2, classes]; a patch of 192 to 255 px (224 is usual) gives 1x1. */
  apply(x: Tensor4D, mode?: Mode): Tensor4D;
}

/**
 * The patch classifier, fully convolutional: [B, H, W, 1] -> logits [B, h, w, classes].
 *
 * Six blocks of (convolution 3x3, batch norm, ReLU) twice and max pool 2x2, then a valid 3x3, a 1x1 and the 1x1 of the logits. `apply` throws RangeError
 * where a side of the input is too small for a cell.
 *
 * Source: Nikulin, DREAM challenge 2017 (order of layers: documented; channels: re-implementation; valid padding of layer 7: ours).
 *
 * @example
 * const detector = detectorNet({ width: 0.125 });
 * const logits = detector.apply(patches); // [16, 224, 224, 1] -> [16, 1, 1, 5]
 */
export function detectorNet(options: Partial<DetectorNetOptions> = {}): DetectorNet {
  const full = withDefaults<DetectorNetOptions>("detectorNet", detectorNetDefaults, options);
  const store = weightStore(full.seed);
  const { apply, geometry } = trunk(store, { classes: full.classes.length, width: full.width });
  return {
    options: full,
    geometry,
    params: store.params,
    buffers: store.buffers,
    apply(x, mode = {}) {
      requireCells(x, geometry);
      return tidy(() => apply(x, mode));
    },
    dispose: store.dispose,
  };
}
