import type { Box, Grid } from "@mammo/mammogram";

/** How much brighter each cell's chest-wall side is than its other side: the edge of a muscle is positive, the near edge of a gland negative. */
export interface PectoralEdges {
  /** In [-1, 1], row-major; the place between columns x - 1 and x of the cells is at x. */
  readonly strength: Float32Array;
  /** Mean brightness of each cell, -1 where less than half of it is breast; and its 95th minus its 5th percentile. */
  readonly brightness: Float32Array;
  readonly spread: number;
  readonly rows: number;
  readonly columns: number;
  /** Pixels of the image in one cell, along each axis; row 0 is the breast's top, column 0 the chest wall. */
  readonly factor: number;
  readonly mm: number;
}

/** Muscle, fat and their border are looked at in cells of about this size. */
const cellMm = 1;

/** So far to both sides, and half as far up and down, brightness is averaged: past the texture of fat, within the breadth of a muscle. */
const sideMm = 3;

/** A step of this part of the breast's spread of brightness counts as a full edge: a bright clip or skin fold is worth no more. */
const fullStep = 0.4;

/** The strip behind the skin where an edge is the skin's own. */
const coveredShare = 0.6;

/** Edges between what lies toward the chest wall and what lies away from it, from the standard image's pixels; background (0) is left out of all means. */
export function pectoralEdges({ breast, mmPerPixel, ...image }: Grid & { readonly breast: Box; readonly mmPerPixel: number }): PectoralEdges {
  const factor = Math.max(1, Math.round(cellMm / mmPerPixel));
  const mm = mmPerPixel * factor;
  const { sums, counts, rows, columns } = cellsOf(image, breast, factor);
  const brightness = sums.map((sum, at) => (counts[at]! > factor ** 2 / 2 ? sum / counts[at]! : -1));
  const spread = spreadOf(brightness);
  const side = Math.max(1, Math.round(sideMm / mm));
  const half = Math.max(1, Math.round(sideMm / 2 / mm));
  const strength = new Float32Array(rows * columns);
  const total = new Float64Array(columns + 1);
  const covered = new Float64Array(columns + 1);
  for (let row = 0; row < rows; row++) {
    const [first, last] = [Math.max(0, row - half), Math.min(rows - 1, row + half)];
    const full = (last - first + 1) * factor ** 2;
    for (let column = 0; column < columns; column++) {
      let [sum, count] = [0, 0];
      for (let at = first * columns + column; at <= last * columns + column; at += columns) {
        sum += sums[at]!;
        count += counts[at]!;
      }
      total[column + 1] = total[column]! + sum;
      covered[column + 1] = covered[column]! + count;
    }
    for (let column = 1; column < columns; column++) {
      const [from, to] = [Math.max(0, column - side), Math.min(columns, column + side)];
      const inner = covered[column]! - covered[from]!;
      const outer = covered[to]! - covered[column]!;
      if (inner < coveredShare * full * (column - from) || outer < coveredShare * full * side) continue;
      const step = (total[column]! - total[from]!) / inner - (total[to]! - total[column]!) / outer;
      strength[row * columns + column] = spread > 0 ? Math.min(Math.max(step / (fullStep * spread), -1), 1) : 0;
    }
  }
  return { strength, brightness, spread, rows, columns, factor, mm };
}

interface Cells {
  readonly sums: Float32Array;
  readonly counts: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Sums and counts of the breast's pixels in cells of factor x factor. */
function cellsOf(image: Grid, breast: Box, factor: number): Cells {
  const rows = Math.floor((breast.bottom - breast.top) / factor);
  const columns = Math.floor(breast.right / factor);
  const sums = new Float32Array(rows * columns);
  const counts = new Float32Array(rows * columns);
  for (let y = 0; y < rows * factor; y++) {
    const from = (breast.top + y) * image.columns;
    const to = Math.floor(y / factor) * columns;
    for (let column = 0, x = from; column < columns; column++)
      for (let part = 0; part < factor; part++, x++) {
        const value = image.pixels[x]!;
        if (value <= 0) continue;
        sums[to + column]! += value;
        counts[to + column]!++;
      }
  }
  return { sums, counts, rows, columns };
}

/** From the 5th to the 95th percentile of the breast's cells. */
function spreadOf(brightness: Float32Array): number {
  const sorted = brightness.filter((value) => value >= 0).sort();
  const at = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
  return at(0.95) - at(0.05);
}
