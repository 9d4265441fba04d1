import type { Box } from "@mammo/mammogram";

/** A color image, three bytes a pixel (red, green, blue), row-major; black at first. */
export interface Canvas {
  readonly rows: number;
  readonly columns: number;
  readonly pixels: Uint8Array;
}
/** Each from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** A black image. */
export const canvas = (rows: number, columns: number): Canvas => ({ rows, columns, pixels: new Uint8Array(3 * rows * columns) });

/** Fills the pixels from (top, left) to before (bottom, right); what lies outside is left out. */
export function fillBox(to: Canvas, box: Box, color: Color): void {
  for (let row = Math.max(0, Math.round(box.top)); row < Math.min(to.rows, Math.round(box.bottom)); row++)
    for (let column = Math.max(0, Math.round(box.left)); column < Math.min(to.columns, Math.round(box.right)); column++)
      to.pixels.set(color, 3 * (row * to.columns + column));
}

/** The outline of a box, `width` pixels outwards. */
export function strokeBox(to: Canvas, box: Box, color: Color, width = 2): void {
  const [top, left, bottom, right] = [box.top - width, box.left - width, box.bottom + width, box.right + width];
  fillBox(to, { top, left, bottom: box.top, right }, color);
  fillBox(to, { top: box.bottom, left, bottom, right }, color);
  fillBox(to, { top, left, bottom, right: box.left }, color);
  fillBox(to, { top, left: box.right, bottom, right }, color);
}
