import { boxCenter, requireKnownKeys } from "@mammo/mammogram";
import { checkPlaced, checkProbability } from "./checkFinding.ts";
import type { Peak } from "./findingsOfBreast.ts";
import { logit } from "./logit.ts";

/** A place that a detector found in a view. */
export interface DetectedPlace extends Omit<Peak, "logOdds"> {
  /** In [0, 1]. */
  readonly score: number;
}

/**
 * A view's heatmap peaks and a detector's boxes as one list of peaks for `findingsOfBreast`, by falling log odds.
 *
 * The heatmap says how suspicious a place is, the detector where exactly. A peak's cell is much larger than a lesion (a heatmap cell sees some 110 mm,
 * its box is 48 mm at 0.25 mm a pixel): detections with their middle in it take its log odds, the highest of them all of it and the others less by
 * their difference in logits; the cell itself is then left out. A detection outside every cell has the lowest log odds of the heatmap, less how far its logit
 * lies below the highest detection's. A peak without a detection keeps its cell if it is within `keepWithin` (default 2) log odds of the highest, so that
 * faint cells do not clutter the page; the highest always stays.
 *
 * Source: ours.
 *
 * @throws RangeError for no peaks, boxes without extent, log odds that are not finite, scores outside [0, 1], keepWithin < 0.
 * @example const peaks = joinPeaks(heatmapPeaks, detections);
 */
export function joinPeaks(peaks: readonly Peak[], detections: readonly DetectedPlace[], options: { readonly keepWithin?: number } = {}): Peak[] {
  requireKnownKeys("joinPeaks", options, { keepWithin: true });
  const { keepWithin = 2 } = options;
  if (peaks.length === 0) throw new RangeError("Expected at least one peak, got none");
  if (!(keepWithin >= 0)) throw new RangeError(`Expected keepWithin >= 0, got ${keepWithin}`);
  for (const [i, peak] of peaks.entries()) {
    checkPlaced(peak, `peaks[${i}]`);
    if (!Number.isFinite(peak.logOdds)) throw new RangeError(`Expected finite logOdds of peaks[${i}], got ${peak.logOdds}`);
  }
  for (const [i, detection] of detections.entries()) {
    checkPlaced(detection, `detections[${i}]`);
    checkProbability(detection.score, `detections[${i}].score`);
  }
  const byOdds = [...peaks].sort((a, b) => b.logOdds - a.logOdds);
  const lowest = byOdds.at(-1)!.logOdds;
  const best = detections.reduce((most, { score }) => Math.max(most, score), 0);
  const within = new Map<Peak, DetectedPlace[]>();
  const found: Peak[] = [];
  for (const detection of detections) {
    const [row, column] = boxCenter(detection.box);
    const cell = byOdds.find(({ box }) => row >= box.top && row < box.bottom && column >= box.left && column < box.right);
    const others = cell && within.get(cell);
    if (others) others.push(detection);
    else if (cell) within.set(cell, [detection]);
    else found.push(placed(detection, lowest, best));
  }
  for (const [i, peak] of byOdds.entries()) {
    const here = within.get(peak) ?? [];
    const top = here.reduce((most, { score }) => Math.max(most, score), 0);
    if (here.length > 0) for (const detection of here) found.push(placed(detection, peak.logOdds, top));
    else if (i === 0 || byOdds[0]!.logOdds - peak.logOdds <= keepWithin) found.push(peak);
  }
  return found.sort((a, b) => b.logOdds - a.logOdds);
}

function placed({ score, ...place }: DetectedPlace, logOdds: number, best: number): Peak {
  return { ...place, logOdds: logOdds + (logit(score) - logit(best)) };
}
