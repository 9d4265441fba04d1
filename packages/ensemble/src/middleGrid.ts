/** Clusters by where the middles of their boxes lie, as linked lists in arrays. Middles are given doubled: top + bottom, left + right. */
export interface MiddleGrid {
  /** First cluster of a cell, -1 for none; the next one of the same cell. */
  readonly heads: Int32Array;
  readonly next: Int32Array;
  /** The nine cells around a middle, -1 where there is none; the same array each time. */
  around(twiceRow: number, twiceColumn: number): Int32Array;
  /** A cluster's place, new or moved. */
  put(cluster: number, twiceRow: number, twiceColumn: number): void;
}

/** At most so many cells along each axis. */
const mostCells = 256;

/**
 * A grid over all boxes' middles, so coarse that boxes of an overlap above the threshold lie in neighboring cells: boxes of overlap t share at least t of the longer side along both
 * axes, so that their middles are no farther apart than the rest of it. Means of boxes have no longer sides than the longest, and lie among them.
 */
export function middleGrid(sides: Float64Array, iouThreshold: number): MiddleGrid {
  const count = sides.length / 4;
  let longest = 0;
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (let i = 0; i < count; i++)
    for (let axis = 0; axis < 2; axis++) {
      const [from, to] = [sides[4 * i + axis]!, sides[4 * i + axis + 2]!];
      longest = Math.max(longest, to - from);
      low[axis] = Math.min(low[axis]!, from + to);
      high[axis] = Math.max(high[axis]!, from + to);
    }
  // A hair wider than it need be, against rounding; doubled as the middles are.
  const reach = 2 * longest * Math.max(1 - iouThreshold, 0.01) * 1.000001;
  // Without boxes there is no range.
  const [tall, wide] = [Math.max(0, high[0]! - low[0]!), Math.max(0, high[1]! - low[1]!)];
  const width = Math.max(reach, tall / mostCells, wide / mostCells);
  const rows = 1 + Math.floor(tall / width || 0);
  const columns = 1 + Math.floor(wide / width || 0);
  const heads = new Int32Array(rows * columns).fill(-1);
  const [next, previous, cellOf] = [new Int32Array(count), new Int32Array(count), new Int32Array(count).fill(-1)];
  // A mean may leave the range by rounding.
  const at = (twice: number, axis: 0 | 1, cells: number) => Math.min(cells - 1, Math.max(0, Math.floor((twice - low[axis]!) / width || 0)));
  const found = new Int32Array(9);
  return {
    heads,
    next,
    around(twiceRow, twiceColumn) {
      const [row, column] = [at(twiceRow, 0, rows), at(twiceColumn, 1, columns)];
      for (let c = 0; c < 9; c++) {
        const [r, k] = [row + Math.floor(c / 3) - 1, column + (c % 3) - 1];
        found[c] = r < 0 || r >= rows || k < 0 || k >= columns ? -1 : r * columns + k;
      }
      return found;
    },
    put(cluster, twiceRow, twiceColumn) {
      const to = at(twiceRow, 0, rows) * columns + at(twiceColumn, 1, columns);
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
