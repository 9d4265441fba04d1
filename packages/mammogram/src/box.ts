/** Half-open rectangle in pixels: rows from `top` to before `bottom`, columns from `left` to before `right`. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** Square pixels; negative sides count as 0. */
function boxArea({ top, left, bottom, right }: Box): number {
  return Math.max(0, bottom - top) * Math.max(0, right - left);
}

/** The middle of a box, continuous (row, column). */
export function boxCenter({ top, left, bottom, right }: Box): readonly [row: number, column: number] {
  return [(top + bottom) / 2, (left + right) / 2];
}

/**
 * Gives back a box with finite corners, the first above and left of the second.
 *
 * @throws RangeError for another one, TypeError for what is no box; the name stands in the text.
 */
export function requireExtent<B extends Box>(box: B, name: string): B {
  if (typeof box !== "object" || box === null) throw new TypeError(`Expected ${name} to be a box, got ${String(box)}`);
  const { top, left, bottom, right } = box;
  if (!(bottom > top && right > left && bottom - top < Infinity && right - left < Infinity))
    throw new RangeError(`Expected ${name} with finite top < bottom and left < right, got ${JSON.stringify({ top, left, bottom, right }, asText)}`);
  return box;
}

/** JSON has no NaN and no Infinity. */
const asText = (_: string, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);

/**
 * Intersection over union of two boxes, in [0, 1]; 0 where they do not overlap or have no area. Documented (Jaccard 1901).
 *
 * @example iou({ top: 0, left: 0, bottom: 2, right: 2 }, { top: 0, left: 1, bottom: 2, right: 3 }); // 1/3
 */
export function iou(a: Box, b: Box): number {
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  if (height <= 0 || width <= 0) return 0;
  return (height * width) / (boxArea(a) + boxArea(b) - height * width);
}
