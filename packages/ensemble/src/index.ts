// The words

export { assign } from "./assign.ts";
// Scores to probabilities
export {
  type Calibrator,
  calibrate,
  type IsotonicCalibrator,
  type PlattCalibrator,
  type TemperatureCalibrator,
} from "./calibrate/calibrator.ts";
export { fitIsotonic } from "./calibrate/isotonic.ts";
export { fitPlatt } from "./calibrate/platt.ts";
export { shiftPrevalence } from "./calibrate/shiftPrevalence.ts";
export { fitTemperature } from "./calibrate/temperature.ts";
export type { Box, Finding, Laterality, LesionKind, ViewPosition } from "./finding.ts";
// Views to findings, findings to lesions
export { findingsOfBreast, type Peak, type ViewResult } from "./findingsOfBreast.ts";
export { logit, probabilityFloor, sigmoid } from "./logit.ts";
export { type Detection, type MergedDetection, type MergeOptions, mergeDetections, type ScoreRule } from "./mergeDetections.ts";
export { nippleDistance } from "./nippleDistance.ts";
export { type Lesion, type PairOptions, pairLesions } from "./pairLesions.ts";
// Several members to one
export { type Pooling, type PoolOptions, poolLogits, poolProbabilities } from "./poolProbabilities.ts";
export { type BreastReport, buildReport, type ExamReport, type FindingReport, type LesionReport } from "./report.ts";
// Probabilities to scores, findings to the report
export { fitScale, type ScaleReference, type Score, type ScoreScale, tenths, toScore } from "./score.ts";
