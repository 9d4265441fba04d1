import type { Box, Grid } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { cellBox } from "../blocks/mapGeometry.ts";
import { malignantClasses } from "../detectorClasses.ts";
import { cellLogOdds } from "./cellLogOdds.ts";
import type { HeatmapLogits } from "./examineView.ts";

/** A local maximum of a heatmap. */
export interface HeatmapPeak {
  /** The square of the view that the cell stands for: 192 px a side in DetectorNet's. */
  readonly box: Box;
  /** The class that is highest there, among those asked for. */
  readonly class: string;
  /** Of "one of the classes asked for" against all others. Uncalibrated; differences within one view count. */
  readonly logOdds: number;
}

/** Which classes are looked for, and how many peaks are wanted. */
export interface HeatmapPeaksOptions {
  /** The classes to look for. Default `malignantClasses`. */
  readonly classes?: readonly string[];
  /** At most so many; default 3. */
  readonly most?: number;
  /** The view itself, background 0: cells that are mostly background then count only where all are. */
  readonly view?: Grid;
}

/** Share of a cell's box that must be tissue. Ours. */
const leastTissue = 0.25;

/**
 * The highest local maxima of a heatmap, in falling log-odds (see `cellLogOdds`); always at least one. The 8 neighbors of a peak are none. Ours.
 *
 * @throws RangeError for a class that the heatmap does not have, for all or none of its classes, or where `most` is less than 1.
 * @example
 * const [highest] = heatmapPeaks(heatmap);
 */
export function heatmapPeaks(heatmap: HeatmapLogits, options: HeatmapPeaksOptions = {}): HeatmapPeak[] {
  requireKnownKeys("heatmapPeaks", options, { classes: true, most: true, view: true });
  const { classes: asked = malignantClasses, most = 3, view } = options;
  const { logits, rows, columns, classes } = heatmap;
  if (!(most >= 1)) throw new RangeError(`Expected most of at least 1, got ${most}.`);
  const logOdds = cellLogOdds(heatmap, asked);
  const boxOf = (cell: number) => cellBox({ row: Math.floor(cell / columns), column: cell % columns }, heatmap.geometry);
  const isTissue = Array.from(logOdds, (_, cell) => view === undefined || tissueShare(view, boxOf(cell)) >= leastTissue);
  if (isTissue.includes(true)) for (const [cell, holds] of isTissue.entries()) if (!holds) logOdds[cell] = -Infinity;
  const order = Array.from(logOdds.keys())
    .filter((cell) => logOdds[cell]! > -Infinity)
    .sort((a, b) => logOdds[b]! - logOdds[a]! || a - b);
  const isPeak = (cell: number) =>
    neighbors(cell, rows, columns).every((other) => logOdds[other]! < logOdds[cell]! || (logOdds[other] === logOdds[cell] && other > cell));
  const logitOf = (cell: number, name: string) => logits[cell * classes.length + classes.indexOf(name)]!;
  return order
    .filter(isPeak)
    .slice(0, most)
    .map((cell) => {
      const best = asked.reduce((a, b) => (logitOf(cell, b) > logitOf(cell, a) ? b : a));
      return { box: boxOf(cell), class: best, logOdds: logOdds[cell]! };
    });
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

function neighbors(cell: number, rows: number, columns: number): number[] {
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const around = [-1, 0, 1].flatMap((dr) => [-1, 0, 1].map((dc) => [row + dr, column + dc] as const));
  return around.filter(([r, c]) => r >= 0 && c >= 0 && r < rows && c < columns && (r !== row || c !== column)).map(([r, c]) => r * columns + c);
}
