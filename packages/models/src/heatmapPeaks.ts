import type { HeatmapLogits } from "./examineView.ts";
import type { Grid } from "./grid.ts";

/** Half-open rectangle in pixels of the view: rows [top, bottom), columns [left, right). */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A local maximum of a heatmap. */
export interface HeatmapPeak {
  /** The 3x3 positions of layer 7 that the cell looks at, 192 px a side. */
  readonly box: Box;
  /** The class that is highest there, among those asked for. */
  readonly class: number;
  /** Logit of "one of the classes asked for" against all others. Uncalibrated; differences within one view count. */
  readonly evidence: number;
}

/** Which classes are looked for, and how many peaks are wanted. */
export interface HeatmapPeaksOptions {
  /** The classes to look for: of DetectorNet's five, 3 and 4 are malignant. */
  readonly classes: readonly number[];
  /** At most so many; default 3. */
  readonly most?: number;
  /** The view itself, background 0: cells that are mostly background then count only where all are. */
  readonly view?: Grid;
}

const stride = 64;
/** Share of a cell's box that must be tissue. Ours. */
const leastTissue = 0.25;

/**
 * The highest local maxima of a heatmap, in falling evidence; always at least one. Neighbours (8) of a peak are none.
 *
 * The evidence of a cell is ln Σ exp(logits asked for) − ln Σ exp(the others), the logit of their softmax probability. Ours.
 * Throws RangeError for a class that the heatmap has not, or for all or none of its classes.
 *
 * @example
 * const [highest] = heatmapPeaks(heatmap, { classes: [3, 4] });
 */
export function heatmapPeaks(
  { logits, rows, columns, classes }: HeatmapLogits,
  { classes: wanted, most = 3, view }: HeatmapPeaksOptions,
): HeatmapPeak[] {
  const asked = new Set(wanted);
  const fits = [...asked].every((one) => Number.isInteger(one) && one >= 0 && one < classes);
  if (!fits || asked.size === 0 || asked.size === classes)
    throw new RangeError(`Expected some, not all, of the classes 0 … ${classes - 1}, got ${wanted}.`);
  const of = (cell: number, inside: boolean) =>
    Array.from({ length: classes }, (_, one) => one)
      .filter((one) => asked.has(one) === inside)
      .map((one) => logits[cell * classes + one]!);
  const evidence = Float64Array.from({ length: rows * columns }, (_, cell) => logSumExp(of(cell, true)) - logSumExp(of(cell, false)));
  const tissue = Array.from(evidence, (_, cell) => view === undefined || tissueShare(view, boxOf(cell, columns)) >= leastTissue);
  if (tissue.includes(true)) for (const [cell, holds] of tissue.entries()) if (!holds) evidence[cell] = -Infinity;
  const order = Array.from(evidence.keys())
    .filter((cell) => evidence[cell]! > -Infinity)
    .sort((a, b) => evidence[b]! - evidence[a]! || a - b);
  const isPeak = (cell: number) =>
    neighbours(cell, rows, columns).every((other) => evidence[other]! < evidence[cell]! || (evidence[other] === evidence[cell] && other > cell));
  return order
    .filter(isPeak)
    .slice(0, most)
    .map((cell) => {
      const best = [...asked].reduce((a, b) => (logits[cell * classes + b]! > logits[cell * classes + a]! ? b : a));
      return { box: boxOf(cell, columns), class: best, evidence: evidence[cell]! };
    });
}

function boxOf(cell: number, columns: number): Box {
  const [top, left] = [Math.floor(cell / columns) * stride, (cell % columns) * stride];
  return { top, left, bottom: top + 3 * stride, right: left + 3 * stride };
}

/** Share of the box's pixels above 0, by every fourth pixel of every fourth row. */
function tissueShare({ pixels, rows, columns }: Grid, { top, left, bottom, right }: Box): number {
  let [tissue, all] = [0, 0];
  for (let row = top; row < Math.min(bottom, rows); row += 4)
    for (let column = left; column < Math.min(right, columns); column += 4) {
      all++;
      if (pixels[row * columns + column]! > 0) tissue++;
    }
  return tissue / all;
}

function neighbours(cell: number, rows: number, columns: number): number[] {
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const around = [-1, 0, 1].flatMap((dr) => [-1, 0, 1].map((dc) => [row + dr, column + dc] as const));
  return around.filter(([r, c]) => r >= 0 && c >= 0 && r < rows && c < columns && (r !== row || c !== column)).map(([r, c]) => r * columns + c);
}

function logSumExp(values: readonly number[]): number {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}
