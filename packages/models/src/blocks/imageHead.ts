import { add, concat, reshape, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";
import { conv } from "../layers/conv.ts";
import { dense } from "../layers/dense.ts";
import { sequence } from "../layers/layer.ts";
import { maxPool } from "../layers/maxPool.ts";
import { scaledChannels } from "../layers/scaledChannels.ts";
import type { WeightStore } from "../layers/weightStore.ts";
import type { Mode } from "../model.ts";
import { requireImages } from "../requireImages.ts";
import { cellsAlong, type MapGeometry } from "./mapGeometry.ts";

/** Side and stride of the last pool, in cells: the authors' "final pool 5x5". Documented. */
const pool = 5;

/** What the head of an image classifier reads. */
export interface ImageHeadOptions {
  /** Channels of the map. */
  readonly inputs: number;
  /** Cells that the map pools to: `pooledSize`. */
  readonly pooled: readonly [rows: number, columns: number];
  /** Factor on 16 and 8 channels. */
  readonly width: number;
  /** Numbers of its own that the linear shortcut also sees; default 0. */
  readonly extras?: number;
}

/**
 * Map [B, h, w, inputs] -> logit [B, 1]: a 5x5 max pool, then A, a convolution over all of it and two 1x1, plus B, the "linear shortcut". Weights `head/…`.
 *
 * Source: Nikulin, DREAM challenge 2017 (pool, 16, 8, "linear shortcut": documented; form of the shortcut: re-implementation).
 */
export function imageHead(store: WeightStore, { inputs, pooled: [high, wide], width, extras = 0 }: ImageHeadOptions) {
  const [first, second] = [scaledChannels(16, width), scaledChannels(8, width)];
  const branch = sequence([
    conv(store, "head/conv1", { inputs, filters: first, size: [high, wide], pad: "valid" }),
    conv(store, "head/conv2", { inputs: first, filters: second, size: [1, 1], pad: "valid" }),
    conv(store, "head/conv3", { inputs: second, filters: 1, size: [1, 1], pad: "valid", norm: "none", activation: "none" }),
  ]);
  const flat = high * wide * inputs;
  const shortcut = dense(store, "head/shortcut", { inputs: flat + extras, units: 1, activation: "none" });
  const pool5 = maxPool(pool);
  return (map: Tensor4D, mode: Mode, extra?: Tensor2D): Tensor2D => {
    const pooled = pool5(map, mode); // [B, 3, 2, inputs]
    const a = reshape(branch(pooled, mode), [-1, 1]) as Tensor2D;
    const cells = reshape(pooled, [-1, flat]) as Tensor2D;
    return add<Tensor2D>(a, shortcut(extra ? concat([cells, extra], 1) : cells));
  };
}

/** Pooled cells of a view, or a RangeError that names a view that would fit. */
export function pooledSize(rows: number, columns: number, geometry: MapGeometry): readonly [rows: number, columns: number] {
  const [cellRows, cellColumns] = [cellsAlong(rows, geometry), cellsAlong(columns, geometry)];
  const [high, wide] = [Math.floor(cellRows / pool), Math.floor(cellColumns / pool)];
  if (high >= 1 && wide >= 1) return [high, wide];
  const least = geometry.cellSize + (pool - 1) * geometry.stride;
  throw new RangeError(
    `Expected a view of at least ${least}x${least} pixels, got ${rows}x${columns}: its heatmap of ${cellRows}x${cellColumns} cells leaves ` +
      `${high}x${wide} after the ${pool}x${pool} pool; ${Math.max(least, rows)}x${Math.max(least, columns)} would fit.`,
  );
}

/** Refuses views that pool to another size than the one that a graph was built for. */
export function requirePooledSize(x: Tensor4D, built: readonly [number, number], geometry: MapGeometry): void {
  requireImages(x);
  const [, rows, columns] = x.shape;
  const [high, wide] = pooledSize(rows, columns, geometry);
  if (high !== built[0] || wide !== built[1]) {
    throw new RangeError(
      `Expected a view that pools to ${built.join("x")} cells, as the graph was built, got ${rows}x${columns}, which pools to ${high}x${wide}.`,
    );
  }
}
