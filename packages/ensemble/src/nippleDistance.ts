import { type Box, boxCenter, requireExtent } from "@mammo/mammogram";

/**
 * Distance from a box's center to the nipple, in mm.
 *
 * Box and nipple in pixels of one image with square pixels of mmPerPixel; the nipple is [row, column], continuous coordinates.
 *
 * Source: documented as radiologists' cue, about constant between views (van Engeland and Karssemeijer, MICCAI 2001).
 *
 * @throws RangeError for mmPerPixel <= 0, a box without extent and a nipple that is not finite.
 * @example nippleDistance({ top: 10, left: 30, bottom: 30, right: 50 }, { nipple: [20, 0], mmPerPixel: 0.25 }); // 10
 */
export function nippleDistance(box: Box, image: { readonly nipple: readonly [row: number, column: number]; readonly mmPerPixel: number }): number {
  const { nipple, mmPerPixel } = image;
  requireExtent(box, "box");
  if (!nipple.every(Number.isFinite)) throw new RangeError(`Expected nipple to be two finite numbers, got ${nipple.join(", ")}`);
  if (!(mmPerPixel > 0 && mmPerPixel < Infinity)) throw new RangeError(`Expected mmPerPixel > 0, got ${mmPerPixel}`);
  const [row, column] = boxCenter(box);
  return mmPerPixel * Math.hypot(row - nipple[0], column - nipple[1]);
}
