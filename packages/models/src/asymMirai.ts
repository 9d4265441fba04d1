import {
  abs,
  add,
  concat,
  max,
  maxPool,
  mul,
  reshape,
  split,
  sqrt,
  square,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from "@tensorflow/tfjs-core";
import { cellsAlong, type MapGeometry } from "./blocks/mapGeometry.ts";
import { bothSides, otherSide, type Pair, requirePair } from "./blocks/pair.ts";
import { featureTrunk } from "./blocks/trunk.ts";
import { type WeightStore, withWeightStore } from "./layers/weightStore.ts";
import type { Mode, Model } from "./model.ts";
import { requireCells } from "./requireImages.ts";
import { withDefaults } from "./withDefaults.ts";

/** Size and seed of the asymmetry baseline. */
export interface AsymMiraiOptions {
  /** Factor on every channel count, in (0, 1]. */
  readonly width: number;
  /** Windows along each side that the maps are pooled to: 5 in the paper. */
  readonly windows: number;
  /** Of the initial weights; any integer. */
  readonly seed: number;
}

/** What `asymMirai` takes where an option is left out: the full width. */
export const asymMiraiDefaults = { width: 1, windows: 5, seed: 0 } as const satisfies AsymMiraiOptions;

/** The asymmetry baseline with its weights. */
export interface AsymMirai extends Model {
  readonly options: AsymMiraiOptions;
  /** Of the map before it is pooled: DetectorNet's. */
  readonly geometry: MapGeometry;
  /** Views of left and right, both chest wall left -> logits of cancer [B, 2], the same for both breasts: a difference has no side. */
  apply(views: Pair, mode?: Mode): Tensor2D;
  /** The same, and how much the breasts differ, window by window: [B, windows, windows, 1]. The highest is the score; its window is the box. */
  applyWithDifferences(views: Pair, mode?: Mode): { readonly logits: Tensor2D; readonly differences: Tensor4D };
}

/**
 * How unlike are two breasts at their most unlike place? A baseline for the symmetry graphs.
 *
 * |F_left − F_right| + bias a channel, max pool to windows x windows, L2 over the channels, max over the windows; the logit is a learned line of it (ours,
 * since a norm is never negative). F are layers 1–8 of DetectorNet; that of a missing side is learned (ours).
 *
 * Source: Donnelly et al. 2024 (AsymMirai); re-implementation on our trunk.
 *
 * @throws RangeError from `apply` for views with fewer cells than windows, or sides of different shapes.
 * @example
 * const { logits, differences } = asymMirai({ width: 0.25 }).applyWithDifferences({ left, right, present });
 */
export function asymMirai(options: Partial<AsymMiraiOptions> = {}): AsymMirai {
  const full = withDefaults<AsymMiraiOptions>("asymMirai", asymMiraiDefaults, options);
  if (!(Number.isInteger(full.windows) && full.windows >= 1)) throw new RangeError(`Expected windows of at least 1, got ${full.windows}.`);
  return withWeightStore(full.seed, (store) => build(store, full));
}

/** Keeps the root's slope finite where the breasts are alike. */
const epsilon = 1e-6;

function build(store: WeightStore, full: AsymMiraiOptions): AsymMirai {
  const { windows } = full;
  const { apply: features, channels, geometry } = featureTrunk(store, full);
  const nothing = store.param<Tensor4D>("asymmetry/nothing", [1, 1, 1, channels], 0);
  const bias = store.param<Tensor1D>("asymmetry/bias", [channels], 0);
  const slope = store.param<Tensor1D>("asymmetry/slope", [1], 1);
  const offset = store.param<Tensor1D>("asymmetry/offset", [1], 0);

  const applyWithDifferences = (views: Pair, mode: Mode = {}) => {
    requirePair(views);
    requireWindows(views.left, windows, geometry);
    return tidy(() => {
      const own = features(bothSides(views), mode); // [2B, 16, 10, channels]
      const { other } = otherSide(own, views.present, nothing);
      // Of a present left breast |F_left − other|; where only the right one is there, its own difference.
      const [fromLeft, fromRight] = split(abs(sub(own, other)), 2, 0) as [Tensor4D, Tensor4D];
      const hasLeft = reshape(split(views.present, 2, 1)[0]!, [-1, 1, 1, 1]);
      const difference = add(mul(fromLeft, hasLeft), mul(fromRight, sub(1, hasLeft)));
      const [, rows, columns] = own.shape;
      const window: [number, number] = [Math.floor(rows / windows), Math.floor(columns / windows)];
      const pooled = maxPool(add<Tensor4D>(difference, bias), window, window, "valid"); // [B, ≥ 5, ≥ 5, channels]
      const differences = sqrt(add<Tensor4D>(sum(square(pooled), 3, true), epsilon));
      const score = reshape(max(differences, [1, 2, 3]), [-1, 1]) as Tensor2D;
      const logit = add<Tensor2D>(mul(score, slope), offset);
      return { logits: concat([logit, logit], 1), differences };
    });
  };
  return {
    options: full,
    geometry,
    params: store.params,
    buffers: store.buffers,
    applyWithDifferences,
    apply: (views, mode) => tidy(() => applyWithDifferences(views, mode).logits),
    dispose: store.dispose,
  };
}

function requireWindows(x: Tensor4D, windows: number, geometry: MapGeometry): void {
  requireCells(x, geometry);
  const [, rows, columns] = x.shape;
  if (Math.min(cellsAlong(rows, geometry), cellsAlong(columns, geometry)) >= windows) return;
  const least = geometry.cellSize + (windows - 1) * geometry.stride;
  throw new RangeError(
    `Expected views of at least ${windows}x${windows} cells, ${least}x${least} pixels, got ${rows}x${columns}; ` +
      `${Math.max(least, rows)}x${Math.max(least, columns)} would fit.`,
  );
}
