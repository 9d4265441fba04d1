import type { Grid } from "@mammo/mammogram";
import { type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { PlainArray } from "./runner.ts";

/**
 * Grid -> [1, rows, columns, 1] float32. The caller owns it.
 *
 * @throws RangeError where pixels and size disagree.
 */
export function toTensor(grid: Grid): Tensor4D {
  return toBatch([grid]);
}

/**
 * Grids of one size -> [B, rows, columns, 1] float32, copied. The caller owns it.
 *
 * @throws RangeError for none, or for grids of several sizes.
 */
export function toBatch(grids: readonly Grid[]): Tensor4D {
  const { shape, data } = plainBatch(grids);
  return tensor4d(data, shape);
}

/** The same as plain numbers. */
export function plainBatch(grids: readonly Grid[]): PlainArray & { readonly shape: [number, number, number, number] } {
  const [first] = grids;
  if (!first) throw new RangeError("Expected at least one grid, got none.");
  const { rows, columns } = first;
  const pixels = new Float32Array(grids.length * rows * columns);
  for (const [index, grid] of grids.entries()) {
    if (grid.rows !== rows || grid.columns !== columns || grid.pixels.length !== rows * columns) {
      throw new RangeError(
        `Expected ${rows}x${columns} pixels in each grid, got ${grid.rows}x${grid.columns} with ${grid.pixels.length} pixels at index ${index}.`,
      );
    }
    pixels.set(grid.pixels, index * rows * columns);
  }
  return { shape: [grids.length, rows, columns, 1], data: pixels };
}
