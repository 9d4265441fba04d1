// Anchors and true boxes

export { type AnchorCoverage, anchorCoverage } from "./detection/anchorCoverage.ts";
export { type AnchorLevel, anchorGrid } from "./detection/anchors.ts";
export { decodeBoxes, decodeOffsets, encodeBoxes } from "./detection/boxCoder.ts";
// Findings: one box for each place
export { type CandidateOptions, candidateBoxes, type RawDetections } from "./detection/candidateBoxes.ts";
export { type DetectionOptions, detections } from "./detection/detections.ts";
export {
  type DetectionTargets,
  detectionTargets,
  type PlainDetectionTargets,
  plainDetectionTargets,
  type TargetOptions,
  type TrueBox,
} from "./detection/detectionTargets.ts";
export { background, ignored, type MatchOptions, matchAnchors } from "./detection/matchAnchors.ts";
export { type NmsOptions, nms, type Scored } from "./detection/nms.ts";
export { type SoftNmsOptions, softNms } from "./detection/softNms.ts";
