// What is found in an image
export type { Finding } from "./finding.ts";

// Several models to one: probabilities and boxes
export { logit, sigmoid } from "./logit.ts";
export { type Pooling, type PoolOptions, poolLogits, poolProbabilities } from "./poolProbabilities.ts";
export { applyStack, fitStack, type LogisticStack, parseStack } from "./stack.ts";
export { type Detection, type MergedDetection, type MergeOptions, mergeDetections, type ScoreRule } from "./mergeDetections.ts";

// Calibration, and the prevalence of screening
export { fitPlatt } from "./calibrate/platt.ts";
export { fitTemperature } from "./calibrate/temperature.ts";
export { fitIsotonic } from "./calibrate/isotonic.ts";
export type { Calibrator, IsotonicCalibrator, PlattCalibrator, TemperatureCalibrator } from "./calibrate/calibrator.ts";
export { calibrate } from "./calibrate/calibrate.ts";
export { parseCalibrator } from "./calibrate/parseCalibrator.ts";
export { shiftPrevalence } from "./calibrate/shiftPrevalence.ts";

// Findings and lesions
export { findingsOfBreast, type Peak, type ViewResult } from "./findingsOfBreast.ts";
export { nippleDistance } from "./nippleDistance.ts";
export { type Lesion, type PairOptions, pairLesions } from "./pairLesions.ts";
export { assign } from "./assign.ts";

// Scores from 1 to 10, and the report of an exam
export { deciles, fitScale, parseScale, type ScaleReference, type Score, type ScoreScale, toScore } from "./score.ts";
export { type BreastReport, buildReport, type ExamReport, type FindingReport, type LesionReport } from "./report.ts";
