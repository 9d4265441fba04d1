import type { Box } from "@mammo/mammogram";
import type { Binary } from "./binary.ts";

/** The box around a mask; undefined for an empty one. */
export function maskBox(mask: Binary): Box | undefined {
  const { pixels, rows, columns } = mask;
  let [top, left, bottom, right] = [rows, columns, -1, -1];
  for (let row = 0; row < rows; row++) {
    const line = pixels.subarray(row * columns, (row + 1) * columns);
    const first = line.indexOf(1);
    if (first < 0) continue;
    if (bottom < 0) top = row;
    bottom = row;
    left = Math.min(left, first);
    right = Math.max(right, line.lastIndexOf(1));
  }
  return bottom < 0 ? undefined : { top, left, bottom: bottom + 1, right: right + 1 };
}

/**
 * The side on which the breast meets the chest wall: there it is tall, at the nipple's side it ends in a curve.
 *
 * `evidence` in [0, 1] is how much taller the outer sixth of the mask is on that side.
 */
export function chestWallSide(mask: Binary, box: Box): { readonly side: "left" | "right"; readonly evidence: number } {
  const depth = Math.max(1, Math.round((box.right - box.left) / 6));
  const mass = (from: number, to: number): number => {
    let sum = 0;
    for (let row = box.top; row < box.bottom; row++) for (let column = from; column < to; column++) sum += mask.pixels[row * mask.columns + column]!;
    return sum;
  };
  const left = mass(box.left, box.left + depth);
  const right = mass(box.right - depth, box.right);
  return { side: left >= right ? "left" : "right", evidence: Math.abs(left - right) / Math.max(left, right, 1) };
}
