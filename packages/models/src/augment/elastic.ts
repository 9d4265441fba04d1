import { keyedRandom, type Point } from "@mammo/mammogram";

/** A smooth displacement of every pixel: random vectors at the nodes of a square lattice, and between them their cubic B-spline. Plain data; the same seed, the same field. */
export interface Elastic {
  readonly seed: number;
  /** No pixel moves farther along rows, nor along columns; pixels of the crop, below a quarter of the spacing. */
  readonly amplitude: number;
  /** Between two nodes; pixels of the crop. */
  readonly spacing: number;
}

/** The displacements along one line of a crop. */
export interface ElasticLine {
  down(column: number): number;
  right(column: number): number;
}

/** The displacements in a crop, by row; outside they are those of its edge. */
export type ElasticField = (row: number) => ElasticLine;

/**
 * The field of a crop of so many rows and columns (Rueckert et al. 1999, eq. 1: free-form deformation by cubic B-splines; re-implementation). Below a quarter of the spacing it is a
 * contraction of the identity: no two points of the image meet, and `undisplace` finds its way back.
 *
 * @throws RangeError where spacing and amplitude do not allow that.
 */
export function elasticField({ seed, amplitude, spacing }: Elastic, size: { readonly rows: number; readonly columns: number }): ElasticField {
  if (!(spacing > 0 && amplitude >= 0 && amplitude < spacing / 4))
    throw new RangeError(`Expected an elastic amplitude from 0 to below a quarter of its spacing, got ${amplitude} with a spacing of ${spacing}.`);
  const [high, wide] = [Math.floor(size.rows / spacing) + 4, Math.floor(size.columns / spacing) + 4];
  const down = new Float64Array(high * wide);
  const right = new Float64Array(high * wide);
  for (let row = 0, at = 0; row < high; row++)
    for (let column = 0; column < wide; column++, at++) {
      const random = keyedRandom(seed, "elastic", row, column);
      down[at] = random.between(-amplitude, amplitude);
      right[at] = random.between(-amplitude, amplitude);
    }
  return (row) => {
    const { first, weights } = spline(row, size.rows, spacing);
    const line = (nodes: Float64Array) => {
      const own = new Float64Array(wide);
      for (let node = 0; node < 4; node++)
        for (let column = 0; column < wide; column++) own[column]! += weights[node]! * nodes[(first + node) * wide + column]!;
      return (column: number): number => {
        const { first: from, weights: across } = spline(column, size.columns, spacing);
        return across[0] * own[from]! + across[1] * own[from + 1]! + across[2] * own[from + 2]! + across[3] * own[from + 3]!;
      };
    };
    return { down: line(down), right: line(right) };
  };
}

/** The point of a crop that is displaced to this one, to a thousandth of a pixel. */
export function undisplace(field: ElasticField, [row, column]: Point): Point {
  let [r, c] = [row, column];
  for (let round = 0; round < 60; round++) {
    const line = field(r);
    const [nextRow, nextColumn] = [row - line.down(c), column - line.right(c)];
    const moved = Math.max(Math.abs(nextRow - r), Math.abs(nextColumn - c));
    [r, c] = [nextRow, nextColumn];
    if (moved < 1e-6) break;
  }
  return [r, c];
}

/** The first of the four nodes around a place, and what each counts; they sum to 1. */
function spline(at: number, length: number, spacing: number) {
  const place = Math.min(length, Math.max(0, at)) / spacing;
  const first = Math.floor(place);
  const t = place - first;
  const s = 1 - t;
  const weights = [(s * s * s) / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6, (t * t * t) / 6] as const;
  return { first, weights };
}
