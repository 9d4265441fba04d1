import type { Box, Grid, Point } from "@mammo/mammogram";
import { type PectoralEdges, pectoralEdges } from "./pectoralEdges.ts";
import { type PectoralTriangle, pectoralLine } from "./pectoralLine.ts";
import { pectoralPath } from "./pectoralPath.ts";

/** The border of the pectoral muscle in a standard image: the muscle lies between it and the chest wall at column 0. */
export interface Pectoral {
  /** From the breast's top down to the chest wall; (row, column) in pixels of the standard image, rows rise. */
  readonly border: readonly Point[];
  /** The best straight line: where it leaves the breast's top, and where it meets the chest wall. */
  readonly line: readonly [top: Point, wall: Point];
  /** In [0, 1]: how much of the border is an edge, times how much brighter the muscle is than the breast. Below 0.5 there may be no muscle in the image. */
  readonly confidence: number;
}

/** An edge at least this strong is seen. */
const seenStrength = 0.15;

/** A border of which less is seen is not followed: the straight line stands for it. */
const followedShare = 0.5;

/** A muscle this part of the breast's spread of brightness brighter than the breast is beyond doubt. */
const fullContrast = 0.25;

/** The border is smoothed over this. */
const smoothMm = 6;

/**
 * The pectoral muscle of a standard image, as seen from the side: bright, in the upper corner of the chest wall. Undefined where no line has an edge.
 *
 * The straight line of the most edge strength, then the shortest path in a band around it; the line alone where little of the path is seen. All lengths are in mm, so that a device's pixels do not matter.
 * Ours, after Karssemeijer, Automated classification of parenchymal patterns in mammograms, Phys Med Biol 43 (1998) 365 (the line) and Ma et al., Two graph theory based methods for identifying the pectoral muscle in mammograms, Pattern Recognition 40 (2007) 2592 (the path).
 */
export function findPectoral(image: Grid & { readonly breast: Box; readonly mmPerPixel: number }): Pectoral | undefined {
  const edges = pectoralEdges(image);
  const triangle = pectoralLine(edges);
  if (triangle === undefined) return undefined;
  const path = pectoralPath(edges, triangle);
  const seen = seenShare(edges, path);
  const toPixels = ([row, column]: Point): Point => [image.breast.top + row * edges.factor, column * edges.factor];
  const line = [toPixels([0, triangle.width]), toPixels([triangle.length, 0])] as const;
  const border = seen < followedShare ? line : borderOf(path, triangle, Math.round(smoothMm / 2 / edges.mm)).map(toPixels);
  return { border, line, confidence: seen * Math.min(Math.max(contrast(edges, path) / fullContrast, 0), 1) };
}

/** The path smoothed, through the middles of its rows, with its two ends. */
function borderOf(path: Float64Array, { width, length }: PectoralTriangle, half: number): readonly Point[] {
  const smooth = path.map((_, row) => {
    const reach = Math.min(half, row, path.length - 1 - row);
    const window = path.subarray(row - reach, row + reach + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
  const slope = width / length;
  const last = smooth.at(-1)!;
  const rows = Array.from(smooth, (column, row): Point => [row + 0.5, column]);
  return [[0, smooth[0]! + slope / 2], ...rows, [path.length - 0.5 + Math.max(last, slope / 2) / slope, 0]];
}

function seenShare({ strength, columns }: PectoralEdges, path: Float64Array): number {
  let [seen, count] = [0, 0];
  path.forEach((column, row) => {
    if (column < 1) return;
    if (strength[row * columns + column]! > seenStrength) seen++;
    count++;
  });
  return count > 0 ? seen / count : 0;
}

/** Mean brightness inside of the border minus that of the rest of the breast, in parts of the breast's spread. */
function contrast({ brightness, rows, columns, spread }: PectoralEdges, path: Float64Array): number {
  let [inside, insideCount, outside, outsideCount] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const border = path[row] ?? 0;
    for (let column = 0; column < columns; column++) {
      const value = brightness[row * columns + column]!;
      if (value < 0) continue;
      if (column < border) {
        inside += value;
        insideCount++;
      } else {
        outside += value;
        outsideCount++;
      }
    }
  }
  return insideCount && outsideCount && spread > 0 ? (inside / insideCount - outside / outsideCount) / spread : 0;
}
