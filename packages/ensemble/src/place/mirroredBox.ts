import { type Box, requireExtent } from "@mammo/mammogram";
import type { Landmarks } from "./placeInBreast.ts";

/** What is needed of an image to find a place again. */
export type NippleAndScale = Pick<Landmarks, "view" | "mmPerPixel" | "nipple" | "nippleConfidence">;

/**
 * The box at the same place of another image: as far from its nipple, in the same direction, scaled by how deep the breasts are (nipple to chest wall), of the same mm. The other
 * breast in the same view for the symmetry graphs, or the same breast in a prior exam.
 *
 * Standard images have the chest wall at column 0 on both sides, so nothing is turned. The box may reach beyond the image. Undefined where either nipple has a confidence below 0.5.
 *
 * Source: ours.
 *
 * @throws RangeError for a box without extent, images of different views, mmPerPixel <= 0 or a nipple that is not finite.
 * @example const there = mirroredBox(finding.box, left, right);
 */
export function mirroredBox(box: Box, from: NippleAndScale, to: NippleAndScale): Box | undefined {
  requireExtent(box, "box");
  if (from.view !== to.view) throw new RangeError(`Expected two images of one view, got ${from.view} and ${to.view}`);
  for (const { mmPerPixel, nipple } of [from, to]) {
    if (!(mmPerPixel > 0 && mmPerPixel < Infinity)) throw new RangeError(`Expected mmPerPixel > 0, got ${mmPerPixel}`);
    if (!nipple.every(Number.isFinite)) throw new RangeError(`Expected nipple to be two finite numbers, got ${nipple.join(", ")}`);
  }
  if (from.nippleConfidence < 0.5 || to.nippleConfidence < 0.5 || !(from.nipple[1] > 0 && to.nipple[1] > 0)) return undefined;
  const zoom = from.mmPerPixel / to.mmPerPixel;
  const depth = to.nipple[1] / from.nipple[1];
  const row = to.nipple[0] + ((box.top + box.bottom) / 2 - from.nipple[0]) * depth;
  const column = to.nipple[1] + ((box.left + box.right) / 2 - from.nipple[1]) * depth;
  const [tall, wide] = [((box.bottom - box.top) / 2) * zoom, ((box.right - box.left) / 2) * zoom];
  return { top: row - tall, left: column - wide, bottom: row + tall, right: column + wide };
}
