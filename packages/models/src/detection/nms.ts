import { type Box, iou, requireKnownKeys } from "@mammo/mammogram";

/** A place, the index of its class, and how sure the detector is. */
export interface Scored {
  readonly box: Box;
  readonly label: number;
  readonly score: number;
}

/** When one box stands in another's way. */
export interface NmsOptions {
  /** Boxes of a larger IoU are one lesion; default 0.3, since two lesions of a breast seldom overlap. */
  readonly iou?: number;
  /** Boxes of different classes leave each other alone; default false: one place, one finding. */
  readonly classWise?: boolean;
}

/**
 * Non-maximum suppression: the boxes in falling score, without those that overlap a better one too much. Of equal scores the earlier comes first.
 *
 * Source: torchvision's `nms`, and `batched_nms` with `classWise`. Re-implementation.
 *
 * @throws RangeError for an IoU outside [0, 1].
 * @example
 * nms(boxes, { iou: 0.5, classWise: true });
 */
export function nms<T extends Scored>(scored: readonly T[], options: NmsOptions = {}): T[] {
  requireKnownKeys("nms", options, { iou: true, classWise: true });
  const { iou: threshold = 0.3, classWise = false } = options;
  requireShare(threshold, "iou");
  const kept: T[] = [];
  for (const one of [...scored].sort((a, b) => b.score - a.score)) {
    const covered = kept.some((better) => (!classWise || better.label === one.label) && iou(better.box, one.box) > threshold);
    if (!covered) kept.push(one);
  }
  return kept;
}

/** Refuses a share outside [0, 1]. */
export function requireShare(value: number, name: string): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`Expected ${name} in [0, 1], got ${value}.`);
}
