/** row' = a row + b column + c; column' = d row + e column + f. Pixel (r, c) covers [r, r + 1) x [c, c + 1): its centre is (r + 0.5, c + 0.5). */
export type Affine2d = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export type Point = readonly [row: number, column: number];

/** Half-open, in pixels: rows from `top` to before `bottom`, columns from `left` to before `right`. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export const applyAffine = ([a, b, c, d, e, f]: Affine2d, [row, column]: Point): Point => [a * row + b * column + c, d * row + e * column + f];

/** @throws RangeError if the map has no inverse. */
export function invertAffine([a, b, c, d, e, f]: Affine2d): Affine2d {
  const determinant = a * e - b * d;
  if (determinant === 0 || !Number.isFinite(determinant)) throw new RangeError("Expected an invertible affine");
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)];
}

/** A point of a standard image -> the same point of its source, both (row, column) in pixels. */
export const toSourcePoint = (point: Point, image: { readonly toSource: Affine2d }): Point => applyAffine(image.toSource, point);

/** A point of the source -> the same point of the standard image; it may lie outside of it. */
export const fromSourcePoint = (point: Point, image: { readonly toSource: Affine2d }): Point => applyAffine(invertAffine(image.toSource), point);

/** The box around a box's mapped corners (exact where the map only scales, flips and turns by right angles). */
export function mapBox(affine: Affine2d, box: Box): Box {
  const corners = [
    [box.top, box.left],
    [box.top, box.right],
    [box.bottom, box.left],
    [box.bottom, box.right],
  ].map(([row, column]) => applyAffine(affine, [row!, column!]));
  const rows = corners.map(([row]) => row);
  const columns = corners.map(([, column]) => column);
  return { top: Math.min(...rows), left: Math.min(...columns), bottom: Math.max(...rows), right: Math.max(...columns) };
}

export const boxToSource = (box: Box, image: { readonly toSource: Affine2d }): Box => mapBox(image.toSource, box);
export const boxFromSource = (box: Box, image: { readonly toSource: Affine2d }): Box => mapBox(invertAffine(image.toSource), box);
