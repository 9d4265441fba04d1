import { requireKnownKeys } from "@mammo/mammogram";
import { type CandidateOptions, candidateBoxes, type RawDetections } from "./candidateBoxes.ts";
import { type NmsOptions, nms, type Scored } from "./nms.ts";

/** Which boxes are findings. */
export interface DetectionOptions extends CandidateOptions, NmsOptions {
  /** At most so many findings; default 100. */
  readonly most?: number;
}

/**
 * The raw numbers of an image -> findings in falling score: candidates, then suppression. Scores are not calibrated.
 *
 * Source: torchvision's RetinaNet; re-implementation, with one list of candidates a class instead of one a level.
 *
 * @throws RangeError as `candidateBoxes`, and where `most` is less than 1.
 */
export function detections(raw: RawDetections, options: DetectionOptions = {}): Scored[] {
  requireKnownKeys("detections", options, { most: true, minScore: true, candidates: true, iou: true, classWise: true });
  const { minScore, candidates, ...suppression } = options;
  return suppressed(candidateBoxes(raw, { minScore, candidates }), suppression);
}

/** Candidates, of one look or several, -> findings. */
export function suppressed(
  candidates: readonly Scored[],
  { most = 100, iou, classWise }: Omit<DetectionOptions, keyof CandidateOptions> = {},
): Scored[] {
  if (!(most >= 1)) throw new RangeError(`Expected most of at least 1, got ${most}.`);
  return nms(candidates, { iou, classWise }).slice(0, most);
}
