import { type Box, requireExtent, requireKnownKeys } from "@mammo/mammogram";
import { type Detection, type MergedDetection, type MergeOptions, mergeDetections } from "./mergeDetections.ts";

/** One model's detections of a view, on a standard image whose pixels are this large. */
export interface MemberDetections {
  readonly mmPerPixel: number;
  /** Where the view's nipple, or any other point that all members see, lies in that image: fused boxes are given relative to it. */
  readonly origin: readonly [row: number, column: number];
  readonly detections: readonly Detection[];
}

/** A box in pixels to mm from a point, rows down and columns away from the chest wall. */
export function boxInMm(box: Box, { mmPerPixel, origin: [row, column] }: Omit<MemberDetections, "detections">): Box {
  if (!(mmPerPixel > 0 && mmPerPixel < Infinity)) throw new RangeError(`Expected mmPerPixel > 0, got ${mmPerPixel}`);
  if (!Number.isFinite(row) || !Number.isFinite(column)) throw new RangeError(`Expected origin to be two finite numbers, got ${row}, ${column}`);
  const { top, left, bottom, right } = requireExtent(box, "box");
  return {
    top: (top - row) * mmPerPixel,
    left: (left - column) * mmPerPixel,
    bottom: (bottom - row) * mmPerPixel,
    right: (right - column) * mmPerPixel,
  };
}

/**
 * Detections of models that look at a view at different mm per pixel, fused in mm, with the share of models that agree on each.
 *
 * Boxes below `minMm` (default 10) a side count as that large when they are compared, about the same middle: two boxes on one 3 mm cluster of
 * calcifications would hardly overlap otherwise. The fused box has this least size too.
 *
 * Source: ours; the fusion is `mergeDetections`.
 *
 * @throws RangeError for mmPerPixel <= 0, an origin that is not finite, minMm < 0, and as `mergeDetections`.
 * @example fuseInMm([{ mmPerPixel: 0.25, origin: nipple, detections }, { mmPerPixel: 0.1, origin: nippleThere, detections: others }]);
 */
export function fuseInMm(members: readonly MemberDetections[], options: MergeOptions & { readonly minMm?: number } = {}): MergedDetection[] {
  requireKnownKeys("fuseInMm", options, { iouThreshold: true, minScore: true, weights: true, scoreRule: true, most: true, minMm: true });
  const { minMm = 10, ...merge } = options;
  if (!(minMm >= 0 && minMm < Infinity)) throw new RangeError(`Expected minMm >= 0, got ${minMm}`);
  const perModel = members.map((member) =>
    member.detections.map((detection): Detection => ({ ...detection, box: atLeast(boxInMm(detection.box, member), minMm) })),
  );
  return mergeDetections(perModel, merge);
}

function atLeast({ top, left, bottom, right }: Box, mm: number): Box {
  const [tall, wide] = [Math.max(0, mm - (bottom - top)) / 2, Math.max(0, mm - (right - left)) / 2];
  return { top: top - tall, left: left - wide, bottom: bottom + tall, right: right + wide };
}
