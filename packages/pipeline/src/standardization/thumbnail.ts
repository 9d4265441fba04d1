import type { Grid } from "@mammo/mammogram";
import { pngUrl } from "../page/pngUrl.ts";

/** A small gray image, as a data URL. */
export interface Thumbnail {
  readonly url: string;
  readonly rows: number;
  readonly columns: number;
}

/** A grid of values in [0, 1] drawn into rows x columns by the means of what each pixel covers: stretched, where the proportions differ. */
export function thumbnail(grid: Grid, rows: number, columns: number): Thumbnail {
  const data = new Uint8Array(rows * columns);
  const edge = (at: number, count: number, of: number): number => Math.min(of - 1, Math.floor((at * of) / count));
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [top, left] = [edge(row, rows, grid.rows), edge(column, columns, grid.columns)];
      const [bottom, right] = [Math.max(top + 1, edge(row + 1, rows, grid.rows)), Math.max(left + 1, edge(column + 1, columns, grid.columns))];
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += grid.pixels[y * grid.columns + x]!;
      data[row * columns + column] = Math.round(255 * Math.min(Math.max(sum / ((bottom - top) * (right - left)), 0), 1));
    }
  return { url: pngUrl(data, rows, columns), rows, columns };
}
