import { iou, requireKnownKeys } from "@mammo/mammogram";
import { requireShare, type Scored } from "./nms.ts";

/** How a better box lowers the score of one that it overlaps. */
export interface SoftNmsOptions {
  /** "gaussian": times exp(−IoU² / sigma); "linear": times 1 − IoU where the IoU is above `iou`. Default "gaussian". */
  readonly decay?: "gaussian" | "linear";
  /** Of "gaussian", above 0; default 0.5. */
  readonly sigma?: number;
  /** Of "linear"; default 0.3. */
  readonly iou?: number;
  /** What falls below is left out; default 0.001. */
  readonly minScore?: number;
  /** Boxes of different classes leave each other alone; default false. */
  readonly classWise?: boolean;
}

/**
 * Soft non-maximum suppression: boxes that overlap a better one stay, with a lower score. In falling score; the input stays as it is.
 *
 * Source: Bodla et al. 2017, figure 2, eq. 2 (linear) and 3 (gaussian). Re-implementation.
 *
 * @throws RangeError for another decay, a sigma that is not above 0, or an IoU or least score outside [0, 1].
 */
export function softNms<T extends Scored>(scored: readonly T[], options: SoftNmsOptions = {}): T[] {
  requireKnownKeys("softNms", options, { decay: true, sigma: true, iou: true, minScore: true, classWise: true });
  const { decay = "gaussian", sigma = 0.5, iou: threshold = 0.3, minScore = 0.001, classWise = false } = options;
  requireShare(threshold, "iou");
  requireShare(minScore, "minScore");
  if (!(sigma > 0)) throw new RangeError(`Expected sigma above 0, got ${sigma}.`);
  if (decay !== "gaussian" && decay !== "linear") throw new RangeError(`Expected decay "gaussian" or "linear", got ${JSON.stringify(decay)}.`);
  const factor = (overlap: number) => (decay === "gaussian" ? Math.exp(-(overlap ** 2) / sigma) : overlap > threshold ? 1 - overlap : 1);
  let left = scored.filter(({ score }) => score >= minScore);
  const kept: T[] = [];
  while (left.length > 0) {
    const best = left.reduce((a, b) => (b.score > a.score ? b : a));
    kept.push(best);
    left = left
      .filter((one) => one !== best)
      .map((one) => (classWise && one.label !== best.label ? one : { ...one, score: one.score * factor(iou(best.box, one.box)) }))
      .filter(({ score }) => score >= minScore);
  }
  return kept;
}
