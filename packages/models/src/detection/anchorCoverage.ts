import type { Box } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { boxCount, flatBoxes, flatIou } from "./flatBoxes.ts";

/** How well anchors fit true boxes. */
export interface AnchorCoverage {
  /** Share of the boxes that some anchor overlaps enough; NaN without boxes. */
  readonly share: number;
  /** The best overlap of each box, in their order. */
  readonly best: readonly number[];
}

/**
 * The share of true boxes with an anchor of at least this IoU (default 0.5, from which on an anchor is positive): the others can be learned through
 * low-quality matches only. To choose anchors by, before anything is trained. Ours.
 *
 * @example
 * anchorCoverage(anchors, boxes).share; // 0.987
 */
export function anchorCoverage(anchors: Float32Array, boxes: readonly Box[], options: { readonly iou?: number } = {}): AnchorCoverage {
  requireKnownKeys("anchorCoverage", options, { iou: true });
  const { iou = 0.5 } = options;
  const truths = flatBoxes(boxes);
  const count = boxCount(anchors, "anchors");
  const best = boxes.map((_, truth) => {
    let highest = 0;
    for (let anchor = 0; anchor < count; anchor++) highest = Math.max(highest, flatIou(anchors, anchor, truths, truth));
    return highest;
  });
  return { share: best.filter((overlap) => overlap >= iou).length / best.length, best };
}
