import type { Box } from "@mammo/mammogram";
import { exp } from "../deterministicMath.ts";

/** Densities to add to an image within a box, row-major. */
export interface Layer {
  readonly box: Box;
  readonly values: Float32Array;
}

/** An empty layer over a box, cut to the image. */
export function emptyLayer(box: Box, size: { readonly rows: number; readonly columns: number }): Layer {
  const top = Math.min(size.rows, Math.max(0, Math.floor(box.top)));
  const left = Math.min(size.columns, Math.max(0, Math.floor(box.left)));
  const bottom = Math.max(top, Math.min(size.rows, Math.ceil(box.bottom)));
  const right = Math.max(left, Math.min(size.columns, Math.ceil(box.right)));
  return { box: { top, left, bottom, right }, values: new Float32Array((bottom - top) * (right - left)) };
}

/** How a new value joins what is there: added, or the larger of the two. */
export type Join = (old: number, value: number) => number;

/** Sum of old and new. */
export const add: Join = (old, value) => old + value;

/** The larger one: parts of one body do not pile up. */
export const larger: Join = (old, value) => Math.max(old, value);

/** Paints `value(row, column)` (of pixel centers) over a box. */
export function paint(layer: Layer, over: Box, join: Join, value: (row: number, column: number) => number): void {
  const { box, values } = layer;
  const width = box.right - box.left;
  const top = Math.max(box.top, Math.floor(over.top));
  const bottom = Math.min(box.bottom, Math.ceil(over.bottom));
  const left = Math.max(box.left, Math.floor(over.left));
  const right = Math.min(box.right, Math.ceil(over.right));
  for (let r = top; r < bottom; r++)
    for (let c = left; c < right; c++) {
      const i = (r - box.top) * width + c - box.left;
      values[i] = join(values[i]!, value(r + 0.5, c + 0.5));
    }
}

/** Paints a line from one point to another, Gaussian across, thinner and fainter toward its end. Pixels. */
export function paintLine(
  layer: Layer,
  line: {
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
    readonly width: number;
    readonly value: number;
    /** What is left of width and value at the far end, 0 to 1. */
    readonly taper: number;
  },
  join: Join,
): void {
  const [r0, c0] = line.from;
  const dr = line.to[0] - r0;
  const dc = line.to[1] - c0;
  const length2 = dr * dr + dc * dc || 1e-9;
  const reach = 1.6 * line.width + 1;
  const over = {
    top: Math.min(r0, line.to[0]) - reach,
    bottom: Math.max(r0, line.to[0]) + reach,
    left: Math.min(c0, line.to[1]) - reach,
    right: Math.max(c0, line.to[1]) + reach,
  };
  paint(layer, over, join, (r, c) => {
    const t = Math.min(1, Math.max(0, ((r - r0) * dr + (c - c0) * dc) / length2));
    const y = r - r0 - t * dr;
    const x = c - c0 - t * dc;
    const away2 = x * x + y * y;
    if (away2 > reach * reach) return 0;
    const thin = 1 - (1 - line.taper) * t;
    // Half the width is one and a fifth deviation; a line under a pixel wide gets fainter, not thinner: the pixel averages it.
    const wanted = (line.width * thin) / 2.4;
    const deviation = Math.max(0.45, wanted);
    return line.value * thin * (wanted / deviation) * exp(-away2 / (2 * deviation * deviation));
  });
}
