import type { Box, Point } from "./affine.ts";
import type { Binary } from "./binary.ts";

/** So far from the breast's top and bottom no nipple is looked for. */
const endsMm = 20;

/**
 * The nipple as the point of the breast's outline farthest from the chest wall at column 0, once the outline is smoothed over 5 mm.
 *
 * `confidence` in [0, 1]: how clearly the outline recedes 20 mm above and below. Ours; off by centimetres in oblique views of flat breasts.
 */
export function findNipple(mask: Binary, box: Box, mmPerPixel: number): { readonly point: Point; readonly confidence: number } {
  const reach = new Float64Array(box.bottom - box.top);
  for (let row = box.top; row < box.bottom; row++) {
    let column = box.right - 1;
    while (column >= box.left && mask.pixels[row * mask.columns + column] === 0) column--;
    reach[row - box.top] = column + 1;
  }
  const half = Math.max(1, Math.round(2.5 / mmPerPixel));
  const smooth = reach.map((_, at) => {
    const window = reach.subarray(Math.max(0, at - half), at + half + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
  // The ends of the outline are the edge of the picture or a fold, not the nipple.
  const margin = Math.min(Math.round(endsMm / mmPerPixel), Math.floor(smooth.length / 4));
  let best = margin;
  for (let at = margin; at < smooth.length - margin; at++) if (smooth[at]! > smooth[best]!) best = at;
  // The middle of a flat top.
  let last = best;
  while (last + 1 < smooth.length && smooth[last + 1]! >= smooth[best]! - 0.5) last++;
  const middle = (best + last) >> 1;
  const away = Math.round(20 / mmPerPixel);
  const [before, after] = [smooth[middle - away] ?? 0, smooth[middle + away] ?? 0];
  const recession = (smooth[middle]! - Math.max(before, after)) * mmPerPixel;
  return { point: [box.top + middle + 0.5, reach[middle]!], confidence: Math.min(Math.max(recession / 10, 0), 1) };
}
