import type { PectoralEdges } from "./pectoralEdges.ts";
import type { PectoralTriangle } from "./pectoralLine.ts";

/** So far to both sides of the straight line the border may lie. */
const bandMm = 12;

/** What a step of one cell across, away from the line's own slope, costs in edge strength. */
const bendCost = 0.2;

/** Columns that the border may move against the line between two rows. */
const bend = 2;

/** The border of the muscle by rows: the path of the most edge strength within a band around the line (dynamic programming), down to where the line meets the chest wall. Columns in cells. */
export function pectoralPath({ strength, rows, columns, mm }: PectoralEdges, { width, length }: PectoralTriangle): Float64Array {
  const band = Math.max(1, Math.round(bandMm / mm));
  const across = 2 * band + 1;
  const count = Math.min(rows, Math.max(1, Math.round(length)));
  const line = Int32Array.from({ length: count }, (_, row) => Math.round(width * (1 - (row + 0.5) / length)));
  const step = new Int8Array(count * across);
  let sums = new Float64Array(across);
  for (let row = 0; row < count; row++) {
    const next = new Float64Array(across);
    for (let place = 0; place < across; place++) {
      let [most, move] = [row === 0 ? 0 : Number.NEGATIVE_INFINITY, 0];
      for (let by = -bend; row > 0 && by <= bend; by++) {
        const before = place + by;
        if (before < 0 || before >= across) continue;
        const sum = sums[before]! - bendCost * by * by;
        if (sum > most) [most, move] = [sum, by];
      }
      const column = line[row]! + place - band;
      next[place] = most + (column >= 1 && column < columns ? strength[row * columns + column]! : 0);
      step[row * across + place] = move;
    }
    sums = next;
  }
  // It ends no farther out than the line: beyond the muscle there are glands to be led astray by.
  let place = band;
  for (let other = 0; other < band; other++) if (sums[other]! > sums[place]!) place = other;
  const path = new Float64Array(count);
  for (let row = count - 1; row >= 0; row--) {
    path[row] = Math.max(0, line[row]! + place - band);
    place += step[row * across + place]!;
  }
  return path;
}
