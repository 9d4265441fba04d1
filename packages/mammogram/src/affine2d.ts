import type { Box } from "./box.ts";
import { minMax } from "./minMax.ts";

/** row' = a row + b column + c; column' = d row + e column + f. Pixel (r, c) covers [r, r + 1) x [c, c + 1): its center is (r + 0.5, c + 0.5). */
export type Affine2d = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Continuous, in pixels. */
export type Point = readonly [row: number, column: number];

/** The image of a point under the map. */
export function applyAffine([a, b, c, d, e, f]: Affine2d, [row, column]: Point): Point {
  return [a * row + b * column + c, d * row + e * column + f];
}

/**
 * The map that undoes the map.
 *
 * @throws RangeError where it has no inverse.
 */
export function invertAffine([a, b, c, d, e, f]: Affine2d): Affine2d {
  const determinant = a * e - b * d;
  if (determinant === 0 || !Number.isFinite(determinant)) throw new RangeError("Expected an invertible affine");
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)];
}

/** The box around a box's mapped corners (exact where the map only scales, flips and turns by right angles). */
export function mapBox(affine: Affine2d, { top, left, bottom, right }: Box): Box {
  const corners = (
    [
      [top, left],
      [top, right],
      [bottom, left],
      [bottom, right],
    ] as const
  ).map((corner) => applyAffine(affine, corner));
  const rows = minMax(corners.map(([row]) => row));
  const columns = minMax(corners.map(([, column]) => column));
  return { top: rows[0], left: columns[0], bottom: rows[1], right: columns[1] };
}

/** Anything with a way back to the pixels that it was made from, such as a standard image. */
export interface MappedToSource {
  readonly toSource: Affine2d;
}

/** A point of an image -> the same point of its source. */
export const toSourcePoint = (point: Point, { toSource }: MappedToSource): Point => applyAffine(toSource, point);

/** A point of the source -> the same point of the image; it may lie outside of it. */
export const fromSourcePoint = (point: Point, { toSource }: MappedToSource): Point => applyAffine(invertAffine(toSource), point);

/** A box of an image -> the same box of its source. */
export const boxToSource = (box: Box, { toSource }: MappedToSource): Box => mapBox(toSource, box);

/** A box of the source -> the same box of the image; it may reach beyond it. */
export const boxFromSource = (box: Box, { toSource }: MappedToSource): Box => mapBox(invertAffine(toSource), box);
