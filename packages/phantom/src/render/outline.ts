import type { Pose } from "../view.ts";

const nippleRadius = 4.5;

/**
 * Distance of a point from the skin, mm, positive inside the breast; exact near the border, where it is needed.
 *
 * @param down - mm below the nipple
 * @param out - mm from the chest wall
 */
export function skinDistance(down: number, out: number, pose: Pose): number {
  // The outline is |down / extent|^2.3 + (out / depth)^2 = 1; to first order its distance is (1 - F) / |grad F|.
  const extent = down < 0 ? pose.up : pose.down;
  const s = Math.abs(down) / extent;
  const x = out / pose.depth;
  // s^2.3 by exact arithmetic alone: s^2 times an interpolation of s^0.3 between 1 and sqrt(s), which is good to 1 %.
  const bulge = s * s * (0.4 + 0.6 * Math.sqrt(s));
  const slopeDown = (s * (0.8 + 1.5 * Math.sqrt(s))) / extent;
  const slopeOut = (2 * x) / pose.depth;
  const gradient = Math.sqrt(slopeDown * slopeDown + slopeOut * slopeOut);
  const body = (1 - bulge - x * x) / Math.max(gradient, 0.6 / pose.depth);
  const dx = out - pose.depth + 1;
  const nipple = nippleRadius - Math.sqrt(down * down + dx * dx);
  return Math.max(body, nipple);
}

/**
 * Distance of a point from the border of the pectoral muscle, mm, positive inside the muscle.
 *
 * @param below - mm below the top edge of the breast's extent in the picture
 */
export function pectoralDistance(below: number, out: number, pose: Pose): number {
  const { width, length } = pose.pectoral;
  if (width === 0) return -1000;
  if (length === 0) return width - out;
  // From (0, width) to (length, 0), a little convex toward the nipple.
  const along = Math.min(1, Math.max(0, below / length));
  const edge = width * (1 - below / length) + 0.14 * width * 4 * along * (1 - along);
  const slope = width / length;
  return (edge - out) / Math.sqrt(1 + slope * slope);
}
