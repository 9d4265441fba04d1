import type { Pose } from "../view.ts";

const nippleRadius = 4.5;

/**
 * Distance of a point from the skin, mm, positive inside the breast; exact near the border, where it is needed.
 *
 * @param down - mm below the nipple
 * @param out - mm from the chest wall
 */
export function skinDistance(down: number, out: number, pose: Pose): number {
  // The outline is |down / extent|^p + (out / depth)^2 = 1; to first order its distance is (1 - F) / |grad F|.
  const extent = down < 0 ? pose.up : pose.down;
  const s = Math.abs(down) / extent;
  const x = out / pose.depth;
  // p is 1.5 toward the axilla and about 2.3 elsewhere, by square roots alone: s^2.3 lies between s^2 and s^2.5.
  const root = Math.sqrt(s);
  const toAxilla = down < 0 && pose.axilla;
  const bulge = toAxilla ? s * root : s * s * (0.4 + 0.6 * root);
  const slopeDown = (toAxilla ? 1.5 * root : s * (0.8 + 1.5 * root)) / extent;
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
 * @param below - mm below the top edge of the detector
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
