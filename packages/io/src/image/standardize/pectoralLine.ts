import type { PectoralEdges } from "./pectoralEdges.ts";

/** A straight border of the muscle, in cells: from column `width` at the breast's top to the chest wall `length` rows below. */
export interface PectoralTriangle {
  readonly width: number;
  readonly length: number;
}

/** What a row of a line must have of edge strength to count for it: without it the longest line would win, with more the shortest. */
const leastStrength = 0.1;

/** Anatomy: width at the top edge and length along the chest wall, mm, and length over width (40 to 83 degrees to the horizontal). */
const widthMm = [8, 130] as const;
const lengthMm = [25, 230] as const;
const steepness = [0.8, 8] as const;

/** The line along which the most edge strength lies; undefined where the breast is too small for any, or no line has any. */
export function pectoralLine(edges: PectoralEdges): PectoralTriangle | undefined {
  const { mm, rows, columns } = edges;
  let best: PectoralTriangle | undefined;
  let most = 0;
  const consider = (width: number, length: number): void => {
    const ratio = length / width;
    if (width < 1 || ratio < steepness[0] || ratio > steepness[1] || length > rows - 1) return;
    const sum = sumAlong(edges, width, length);
    if (sum > most) [most, best] = [sum, { width, length }];
  };
  const [stepWidth, stepLength] = [Math.max(1, Math.round(2 / mm)), Math.max(1, Math.round(4 / mm))];
  for (let width = Math.ceil(widthMm[0] / mm); width <= Math.min(columns - 1, widthMm[1] / mm); width += stepWidth)
    for (let length = Math.ceil(lengthMm[0] / mm); length <= Math.min(0.95 * rows, lengthMm[1] / mm); length += stepLength) consider(width, length);
  const coarse: PectoralTriangle | undefined = best;
  if (coarse === undefined) return undefined;
  for (let width = coarse.width - stepWidth + 1; width < coarse.width + stepWidth; width++)
    for (let length = coarse.length - stepLength + 1; length < coarse.length + stepLength; length++) consider(width, length);
  return best;
}

function sumAlong({ strength, columns }: PectoralEdges, width: number, length: number): number {
  let sum = 0;
  const slope = width / length;
  let column = width + 0.5 - slope / 2; // At the row's middle, rounded below.
  for (let row = 0; row < length; row++, column -= slope) {
    const at = column | 0;
    if (at < 1) break;
    sum += (at < columns ? strength[row * columns + at]! : 0) - leastStrength;
  }
  return sum;
}
