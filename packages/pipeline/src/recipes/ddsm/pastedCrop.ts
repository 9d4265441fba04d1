// Lesions that are known only as crops, laid into the tissue of a film: DDSM's calcifications have no whole films here.
import type { Grid, Random } from "@mammo/mammogram";

/** A crop's contrast beside a standard image, whose brightness is stretched to the breast's own range. */
const contrast = 1.3;

/** The share of each side over which a crop fades into what is around it. */
const fade = 0.2;

/**
 * Lays a crop, turned by quarters and flipped, over the middle of a square patch, in place: its own contrast around the mean of the tissue that it covers, fading to the sides. What is outside the patch is left out.
 */
export function pasteCrop(random: Random, patch: Float32Array, size: number, source: Grid): void {
  const isTurned = random.chance(0.5);
  const [flipRows, flipColumns] = [random.chance(0.5), random.chance(0.5)];
  const [rows, columns] = isTurned ? [source.columns, source.rows] : [source.rows, source.columns];
  const top = Math.round((size - rows) / 2 + random.between(-32, 32));
  const left = Math.round((size - columns) / 2 + random.between(-32, 32));
  const value = (row: number, column: number): number => {
    const [r, c] = isTurned ? [column, row] : [row, column];
    return source.pixels[(flipRows ? source.rows - 1 - r : r) * source.columns + (flipColumns ? source.columns - 1 - c : c)]!;
  };
  const mean = source.pixels.reduce((sum, one) => sum + one, 0) / source.pixels.length;
  let [under, count] = [0, 0];
  const inside = (work: (at: number, row: number, column: number) => void): void => {
    for (let row = Math.max(0, -top); row < Math.min(rows, size - top); row++)
      for (let column = Math.max(0, -left); column < Math.min(columns, size - left); column++) work((top + row) * size + left + column, row, column);
  };
  inside((at) => {
    under += patch[at]!;
    count++;
  });
  inside((at, row, column) => {
    const share = Math.min(weight(row, rows), weight(column, columns));
    const laid = under / count + contrast * (value(row, column) - mean);
    patch[at] = Math.min(1, Math.max(0, patch[at]! + share * (laid - patch[at]!)));
  });
}

/** 0 at a side's ends, 1 inside. */
const weight = (at: number, length: number): number => Math.min(1, (Math.min(at, length - 1 - at) + 0.5) / (fade * length));
