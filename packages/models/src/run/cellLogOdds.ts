import { minMax } from "@mammo/mammogram";
import type { HeatmapLogits } from "./examineView.ts";

/**
 * For each cell the log-odds of "one of these classes" against all others: ln Σ exp(their logits) − ln Σ exp(the others), the logit of their softmax
 * probability. Uncalibrated. Ours.
 *
 * @throws RangeError for a class that the heatmap does not have, or for all or none of its classes.
 */
export function cellLogOdds({ logits, rows, columns, classes }: HeatmapLogits, wanted: readonly string[]): Float64Array {
  const asked = new Set(wanted);
  if (asked.size === 0 || asked.size === classes.length || [...asked].some((name) => !classes.includes(name)))
    throw new RangeError(`Expected some, not all, of the classes ${classes.join(", ")}, got ${wanted.join(", ") || "none"}.`);
  const logitsOf = (cell: number, inside: boolean) => {
    const own = Array.from(logits.subarray(cell * classes.length, (cell + 1) * classes.length));
    return own.filter((_, index) => asked.has(classes[index]!) === inside);
  };
  return Float64Array.from({ length: rows * columns }, (_, cell) => logSumExp(logitsOf(cell, true)) - logSumExp(logitsOf(cell, false)));
}

/**
 * The highest of a heatmap's cells: the simplest score of a view that a detector alone gives.
 *
 * @throws RangeError as `cellLogOdds` does.
 * @example
 * highestLogOdds(heatmap, malignantClasses);
 */
export function highestLogOdds(heatmap: HeatmapLogits, classes: readonly string[]): number {
  return cellLogOdds(heatmap, classes).reduce((highest, one) => Math.max(highest, one));
}

function logSumExp(values: readonly number[]): number {
  const top = minMax(values)[1];
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}
