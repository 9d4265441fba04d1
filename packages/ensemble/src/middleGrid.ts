/** Clusters by where the middles of their boxes lie, as linked lists in arrays. */
export interface MiddleGrid {
  /** First cluster of a cell, -1 for none; the next one of the same cell. */
  readonly heads: Int32Array;
  readonly next: Int32Array;
  /** Cells that `around` found. */
  readonly found: Int32Array;
  /** How many cells, the first of `found`, hold all clusters that a box may overlap above the threshold. */
  around(top: number, left: number, bottom: number, right: number): number;
  /** A cluster's mean box, new or moved. */
  put(cluster: number, top: number, left: number, bottom: number, right: number): void;
}

/**
 * A grid for the clusters of these boxes. Boxes of sides a and b that overlap by t along one axis share t (a + b) / (1 + t) of it, so that their middles lie no farther apart than
 * (a + b) / 2 (1 - t) / (1 + t); and b is at most a / t, nor longer than the longest. Of areas the same holds along both axes. Means of boxes are no longer than the longest.
 *
 * Cells are as wide as a usual box reaches, whatever the largest; the plane is folded into a few cells for each box, wherever the farthest lies. Cells that are folded together
 * hold clusters that do not overlap.
 */
export function middleGrid(sides: Float64Array, iouThreshold: number): MiddleGrid {
  const count = sides.length / 4;
  let [tallest, widest, logs] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [height, width] = [sides[4 * i + 2]! - sides[4 * i]!, sides[4 * i + 3]! - sides[4 * i + 1]!];
    tallest = Math.max(tallest, height);
    widest = Math.max(widest, width);
    logs += Math.log(height * width);
  }
  // A hair more than it need be, against rounding. Middles, and so distances, are doubled throughout: top + bottom, left + right.
  const apart = (1 - iouThreshold) / (1 + iouThreshold) + 1e-6;
  const reach = (side: number, longest: number) => apart * (side + Math.min(side / iouThreshold, longest));
  const cell = 2 * apart * Math.exp(logs / 2 / count);
  const lineOf = (twice: number) => Math.floor(twice / cell);
  const folds = 2 ** Math.ceil(Math.log2(2 * count + 1));
  const [heads, found] = [new Int32Array(folds).fill(-1), new Int32Array(folds)];
  const [next, previous, cellOf] = [new Int32Array(count), new Int32Array(count), new Int32Array(count).fill(-1)];
  // An odd number whose multiples are spread: cells near each other are not folded together.
  const cellAt = (row: number, column: number) => (Math.imul(row, 0x9e3779b1) + column) & (folds - 1);
  return {
    heads,
    next,
    found,
    around(top, left, bottom, right) {
      const [down, aside] = [reach(bottom - top, tallest), reach(right - left, widest)];
      const [row, column] = [lineOf(top + bottom - down), lineOf(left + right - aside)];
      const [rows, columns] = [lineOf(top + bottom + down) - row + 1, lineOf(left + right + aside) - column + 1];
      const cells = rows * columns;
      // Of a window so wide that all are in it, or of numbers so large that there are none.
      if (!(cells < folds)) {
        for (let k = 0; k < folds; k++) found[k] = k;
        return folds;
      }
      for (let r = 0, k = 0; r < rows; r++) for (let c = 0; c < columns; c++, k++) found[k] = cellAt(row + r, column + c);
      return cells;
    },
    put(cluster, top, left, bottom, right) {
      const to = cellAt(lineOf(top + bottom), lineOf(left + right));
      const from = cellOf[cluster]!;
      if (from === to) return;
      if (from >= 0) {
        const [before, after] = [previous[cluster]!, next[cluster]!];
        if (before >= 0) next[before] = after;
        else heads[from] = after;
        if (after >= 0) previous[after] = before;
      }
      const first = heads[to]!;
      heads[to] = cluster;
      next[cluster] = first;
      previous[cluster] = -1;
      if (first >= 0) previous[first] = cluster;
      cellOf[cluster] = to;
    },
  };
}
