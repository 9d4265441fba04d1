// The words
export type { Box, Finding, Laterality, LesionKind, ViewPosition } from "./finding.ts";

// Several members to one number, models' boxes to one list
export { logit, probabilityFloor, sigmoid } from "./logit.ts";
export { type Pooling, type PoolOptions, poolLogits, poolProbabilities } from "./poolProbabilities.ts";
export { type Detection, type MergedDetection, type MergeOptions, mergeDetections, type ScoreRule } from "./mergeDetections.ts";

// Pooled logits to calibrated probabilities, then to the prevalence of screening
export { fitPlatt } from "./calibrate/platt.ts";
export { fitTemperature } from "./calibrate/temperature.ts";
export { fitIsotonic } from "./calibrate/isotonic.ts";
export {
  type Calibrator,
  calibrate,
  type IsotonicCalibrator,
  type PlattCalibrator,
  type TemperatureCalibrator,
} from "./calibrate/calibrator.ts";
export { shiftPrevalence } from "./calibrate/shiftPrevalence.ts";

// Views to findings, findings to lesions
export { findingsOfBreast, type Peak, type ViewResult } from "./findingsOfBreast.ts";
export { nippleDistance } from "./nippleDistance.ts";
export { type Lesion, type PairOptions, pairLesions } from "./pairLesions.ts";
export { assign } from "./assign.ts";

// Probabilities to scores from 1 to 10, findings to the report
export { fitScale, type ScaleReference, type Score, type ScoreScale, tenths, toScore } from "./score.ts";
export { type BreastReport, buildReport, type ExamReport, type FindingReport, type LesionReport } from "./report.ts";
