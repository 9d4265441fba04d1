import type { Tensor4D } from "@tensorflow/tfjs-core";
import { cellsAlong, type MapGeometry } from "./blocks/mapGeometry.ts";

/**
 * Refuses what is no batch of gray images.
 *
 * @throws RangeError for a batch of none, or another shape than [B, H, W, 1].
 */
export function requireImages({ shape }: Tensor4D): void {
  if (shape.length !== 4 || shape[3] !== 1) throw new RangeError(`Expected images [B, H, W, 1], got [${shape.join(", ")}].`);
  if (shape[0] === 0) throw new RangeError("Expected at least one image in the batch, got none.");
}

/**
 * Refuses images without a single cell of the map.
 *
 * @throws RangeError that names a size which would fit.
 */
export function requireCells(x: Tensor4D, geometry: MapGeometry): void {
  requireImages(x);
  const [, rows, columns] = x.shape;
  if (cellsAlong(rows, geometry) >= 1 && cellsAlong(columns, geometry) >= 1) return;
  const { cellSize: least } = geometry;
  throw new RangeError(
    `Expected an input of at least ${least}x${least} pixels, got ${rows}x${columns}; ${Math.max(least, rows)}x${Math.max(least, columns)} would fit.`,
  );
}
