import { iou, requireExtent, requireKnownKeys } from "@mammo/mammogram";
import type { Detection } from "./mergeDetections.ts";

/** hard: what overlaps a higher one is dropped. linear, gaussian: its score is lowered by the overlap instead. */
export type Suppression = "hard" | "linear" | "gaussian";

/** How detections suppress each other. */
export interface SuppressOptions {
  /** Default "hard". */
  readonly method?: Suppression;
  /** Overlaps above it count ("gaussian" counts every overlap); default 0.5. */
  readonly iouThreshold?: number;
  /** Of "gaussian": scores are multiplied by exp(-iou² / sigma); default 0.5. */
  readonly sigma?: number;
  /** What falls to it or below is dropped; default 0.001 for the soft methods; "hard" keeps every score. */
  readonly minScore?: number;
}

/**
 * Non-maximum suppression of one view's detections, each class on its own: the highest stays, what overlaps it is dropped or lowered, and so on.
 *
 * Sorted by falling score; the input is not touched. Soft methods return the lowered scores (`ensemble-boxes` keeps the same boxes, but returns their first scores).
 *
 * Source: re-implementation of greedy suppression and of Bodla et al., "Soft-NMS", 2017, with the settings of `ensemble-boxes`.
 *
 * @throws RangeError for scores that are negative or not finite, labels that are no whole numbers, boxes without extent, options out of range.
 * @example suppressDetections(detections, { method: "gaussian", sigma: 0.1 });
 */
export function suppressDetections(detections: readonly Detection[], options: SuppressOptions = {}): Detection[] {
  requireKnownKeys("suppressDetections", options, { method: true, iouThreshold: true, sigma: true, minScore: true });
  const { method = "hard", iouThreshold = 0.5, sigma = 0.5 } = options;
  if (!Object.hasOwn(factors, method)) throw new RangeError(`Expected method ${Object.keys(factors).join(", ")}, got ${JSON.stringify(method)}`);
  if (!(iouThreshold >= 0 && iouThreshold <= 1)) throw new RangeError(`Expected iouThreshold in [0, 1], got ${iouThreshold}`);
  if (!(sigma > 0 && sigma < Infinity)) throw new RangeError(`Expected sigma > 0, got ${sigma}`);
  const minScore = options.minScore ?? (method === "hard" ? -1 : 0.001);
  if (Number.isNaN(minScore)) throw new RangeError("Expected minScore to be a number, got NaN");
  for (const [i, { box, label, score }] of detections.entries()) {
    if (!(score >= 0 && score < Infinity)) throw new RangeError(`Expected finite scores >= 0, got ${score} at ${i}`);
    if (!Number.isInteger(label)) throw new RangeError(`Expected labels to be whole numbers, got ${label} at ${i}`);
    requireExtent(box, `box ${i}`);
  }
  const kept: Detection[] = [];
  let left = [...detections];
  while (left.length > 0) {
    const top = left.reduce((best, one) => (one.score > best.score ? one : best));
    if (top.score > minScore) kept.push(top);
    left = left.flatMap((one) => {
      if (one === top) return [];
      const factor = one.label === top.label ? factors[method](iou(top.box, one.box), iouThreshold, sigma) : 1;
      if (factor === 1) return [one];
      return method === "hard" ? [] : [{ ...one, score: one.score * factor }];
    });
  }
  return kept.sort((a, b) => b.score - a.score);
}

/** What an overlap leaves of a score. */
const factors: Readonly<Record<Suppression, (overlap: number, threshold: number, sigma: number) => number>> = {
  hard: (overlap, threshold) => (overlap > threshold ? 0 : 1),
  linear: (overlap, threshold) => (overlap > threshold ? 1 - overlap : 1),
  gaussian: (overlap, _, sigma) => Math.exp(-(overlap * overlap) / sigma),
};
