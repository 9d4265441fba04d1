/**
 * Least-cost assignment of rows to columns, each used at most once, as many pairs as the shorter side has.
 *
 * cost: row-major, length rows * columns, finite. Returns the column of each row, -1 for a row left over. O(rows^2 * columns).
 *
 * Source: re-implementation of the Hungarian method by shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987).
 *
 * @throws RangeError for a cost of another length or one that is not finite.
 * @example assign([4, 1, 2, 0], 2, 2); // Int32Array [1, 0]: 1 + 2 < 4 + 0
 */
export function assign(cost: ArrayLike<number>, rows: number, columns: number): Int32Array {
  for (const [name, count] of Object.entries({ rows, columns }))
    if (!(Number.isInteger(count) && count >= 0)) throw new RangeError(`Expected ${name} to be a whole number >= 0, got ${count}`);
  if (cost.length !== rows * columns) throw new RangeError(`Expected ${rows} x ${columns} costs, got ${cost.length}`);
  for (let i = 0; i < cost.length; i++) if (!Number.isFinite(cost[i]!)) throw new RangeError(`Expected finite costs, got ${cost[i]} at ${i}`);
  if (rows > columns) return transposed(cost, rows, columns);

  // Row and column 0 are a stand-in for "not yet assigned"; the real ones count from 1.
  const rowPrice = new Float64Array(rows + 1);
  const columnPrice = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    const cameFrom = new Int32Array(columns + 1);
    const distance = new Float64Array(columns + 1).fill(Infinity);
    const reached = new Uint8Array(columns + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      reached[column] = 1;
      const from = rowOf[column]!;
      let nearest = 0;
      let step = Infinity;
      for (let j = 1; j <= columns; j++) {
        if (reached[j]) continue;
        const reduced = cost[(from - 1) * columns + j - 1]! - rowPrice[from]! - columnPrice[j]!;
        if (reduced < distance[j]!) {
          distance[j] = reduced;
          cameFrom[j] = column;
        }
        if (distance[j]! < step) {
          step = distance[j]!;
          nearest = j;
        }
      }
      for (let j = 0; j <= columns; j++) {
        if (reached[j]) {
          rowPrice[rowOf[j]!]! += step;
          columnPrice[j]! -= step;
        } else distance[j]! -= step;
      }
      column = nearest;
    } while (rowOf[column] !== 0);
    for (let back = column; back !== 0; back = cameFrom[back]!) rowOf[back] = rowOf[cameFrom[back]!]!;
  }
  const columnOf = new Int32Array(rows).fill(-1);
  for (let j = 1; j <= columns; j++) if (rowOf[j] !== 0) columnOf[rowOf[j]! - 1] = j - 1;
  return columnOf;
}

function transposed(cost: ArrayLike<number>, rows: number, columns: number): Int32Array {
  const turned = Float64Array.from({ length: rows * columns }, (_, i) => cost[(i % rows) * columns + Math.floor(i / rows)]!);
  const columnOf = new Int32Array(rows).fill(-1);
  assign(turned, columns, rows).forEach((row, column) => {
    columnOf[row] = column;
  });
  return columnOf;
}
