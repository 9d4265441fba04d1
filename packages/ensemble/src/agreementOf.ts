import { type Box, boxCenter } from "@mammo/mammogram";

/** Whether the middle of either box lies in the other: what marks one place when cells of 48 mm and lesions of 5 mm are compared. */
export function marksSamePlace(a: Box, b: Box): boolean {
  return holds(a, boxCenter(b)) || holds(b, boxCenter(a));
}

const holds = ({ top, left, bottom, right }: Box, [row, column]: readonly [number, number]): boolean =>
  row >= top && row < bottom && column >= left && column < right;

/**
 * Share of models that mark a place of their own accord, in [0, 1]: those with a box whose middle lies in the place, or that holds its middle.
 *
 * perModel: each model's boxes in one view, in the unit of `box`; image classifiers by the peaks of their heatmaps, detectors by their detections.
 *
 * Source: ours.
 *
 * @throws RangeError for no models.
 * @example agreementOf(finding.box, [peaksOfA, peaksOfB, detections]); // 0.67: two of three
 */
export function agreementOf(box: Box, perModel: readonly (readonly Box[])[]): number {
  if (perModel.length === 0) throw new RangeError("Expected at least one model, got none");
  return perModel.filter((own) => own.some((other) => marksSamePlace(box, other))).length / perModel.length;
}
