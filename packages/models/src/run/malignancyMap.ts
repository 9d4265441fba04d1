import { minMax } from "@mammo/mammogram";
import type { MapGeometry } from "../blocks/mapGeometry.ts";
import { malignantClasses } from "../detectorClasses.ts";
import type { HeatmapLogits } from "./examineView.ts";

/** How malignant each cell of a heatmap looks, and where the cells lie in the view: for pictures, uncalibrated. */
export interface MalignancyMap {
  /** In [0, 1], row-major. */
  readonly cells: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly geometry: MapGeometry;
}

/**
 * The softmax share of the malignant classes, cell by cell.
 *
 * @throws RangeError for a heatmap without these classes.
 * @example
 * const { cells, rows, columns } = malignancyMap((await examineView(model, view)).heatmap);
 */
export function malignancyMap(
  { logits, rows, columns, classes, geometry }: HeatmapLogits,
  malignant: readonly string[] = malignantClasses,
): MalignancyMap {
  const indices = malignant.map((name) => classes.indexOf(name));
  if (indices.includes(-1)) throw new RangeError(`Expected classes among ${classes.join(", ")}, got ${malignant.join(", ")}.`);
  const cells = Array.from({ length: rows * columns }, (_, cell) => {
    const own = logits.subarray(cell * classes.length, (cell + 1) * classes.length);
    const top = minMax(own)[1];
    const weights = Array.from(own, (logit) => Math.exp(logit - top));
    return indices.reduce((sum, index) => sum + weights[index]!, 0) / weights.reduce((sum, weight) => sum + weight, 0);
  });
  return { cells, rows, columns, geometry };
}
