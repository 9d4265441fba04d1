import { type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { heatmapSide, trunk } from "./layers/trunk.ts";
import { weightStore } from "./layers/weightStore.ts";
import type { Mode, Model } from "./model.ts";

/** Size and seed of a DetectorNet. */
export interface DetectorNetOptions {
  /** Logits a cell. Default 5: background, calcification benign, mass benign, calcification malignant, mass malignant. */
  readonly classes: number;
  /** Factor on every channel count, in (0, 1]; meant 1, 0.5, 0.25, 0.125. At 1: 11.1 M parameters. */
  readonly width: number;
  /** Of the initial weights; any integer. */
  readonly seed: number;
}

/** What `detectorNet` takes where an option is left out: the full width. */
export const detectorNetDefaults = { classes: 5, width: 1, seed: 0 } as const satisfies DetectorNetOptions;

/** The patch classifier with its weights: a `Model` whose output is a map of logits. */
export interface DetectorNet extends Model {
  readonly options: DetectorNetOptions;
  /** x [B, H, W, 1] in [0, 1] -> logits [B, ⌊H/64⌋ − 2, ⌊W/64⌋ − 2, classes]; a patch of 192 to 255 px (224 is usual) gives 1x1. */
  apply(x: Tensor4D, mode?: Mode): Tensor4D;
}

/**
 * The patch classifier, fully convolutional: [B, H, W, 1] -> logits [B, h, w, classes].
 *
 * Six blocks of (convolution 3x3, batch norm, ReLU) twice and max pool 2x2, then a valid 3x3, a 1x1 and the 1x1 of the logits. Stride 64 px, receptive
 * field of a cell 444 px. `apply` throws RangeError where a side of the input is under 192 px.
 *
 * Source: Nikulin, DREAM challenge 2017 (order of layers: documented; channels: re-implementation; valid padding of layer 7: ours).
 *
 * @example
 * const detector = detectorNet({ width: 0.125 });
 * const logits = detector.apply(patches); // [16, 224, 224, 1] -> [16, 1, 1, 5]
 */
export function detectorNet(options: Partial<DetectorNetOptions> = {}): DetectorNet {
  const full = { ...detectorNetDefaults, ...options };
  const store = weightStore(full.seed);
  const layers = trunk(store, full);
  return {
    options: full,
    params: store.params,
    buffers: store.buffers,
    apply(x, mode = {}) {
      requireCells(x);
      return tidy(() => layers(x, mode));
    },
    dispose: store.dispose,
  };
}

/** Refuses an input without a single heatmap cell. */
export function requireCells({ shape: [, rows, columns] }: Tensor4D): void {
  if (heatmapSide(rows) < 1 || heatmapSide(columns) < 1) {
    throw new RangeError(
      `Expected an input of at least 192x192 pixels, got ${rows}x${columns}; ${Math.max(192, rows)}x${Math.max(192, columns)} would fit.`,
    );
  }
}
