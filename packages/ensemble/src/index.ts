// What is found in an image
export type { Finding } from "./finding.ts";

// Several models to one: probabilities and boxes
export { logit, sigmoid } from "./logit.ts";
export { type Pooling, type PoolOptions, poolLogits, poolProbabilities } from "./poolProbabilities.ts";
export { applyStack, fitStack, type LogisticStack, parseStack } from "./stack.ts";
export { applyLinearProbe, fitLinearProbe, type LinearProbe } from "./linearProbe.ts";
export { fitNonNegativeStack } from "./nonNegativeStack.ts";
export { freezeRanks, parseRankReference, type RankReference, rankAgainst } from "./rankReference.ts";

// Members of an ensemble, case by case
export { type EnsembleMember, type JoinedMembers, joinMembers, type MemberScores, type MissingRule } from "./joinMembers.ts";
export { type MemberPooling, poolMembers } from "./poolMembers.ts";
export { crossFit, dealFolds, type FoldOptions } from "./crossFit.ts";
export { type CurveOptions, type CurvePoint, type EnsembleCurve, ensembleCurve } from "./ensembleCurve.ts";
export { fitPowerLaw, type PowerLaw } from "./powerLaw.ts";

// Several models' boxes to one list
export { type Detection, type MergedDetection, type MergeOptions, mergeDetections, type ScoreRule } from "./mergeDetections.ts";
export { boxInMm, fuseInMm, type MemberDetections } from "./fuseInMm.ts";
export { type SuppressOptions, type Suppression, suppressDetections } from "./suppressDetections.ts";
export { type DetectedPlace, joinPeaks } from "./joinPeaks.ts";
export { agreementOf, marksSamePlace } from "./agreementOf.ts";

// Calibration, and the prevalence of screening
export { fitPlatt } from "./calibrate/platt.ts";
export { fitTemperature } from "./calibrate/temperature.ts";
export { fitIsotonic } from "./calibrate/isotonic.ts";
export { breakTies } from "./calibrate/breakTies.ts";
export { fitBeta } from "./calibrate/beta.ts";
export { calibrateInterval, fitVennAbers } from "./calibrate/vennAbers.ts";
export { type CalibratorTrial, calibratorFits, chooseCalibrator, crossFitCalibration, type FitCalibrator } from "./calibrate/chooseCalibrator.ts";
export type {
  BetaCalibrator,
  Calibrator,
  IsotonicCalibrator,
  PlattCalibrator,
  TemperatureCalibrator,
  VennAbersCalibrator,
} from "./calibrate/calibrator.ts";
export { calibrate } from "./calibrate/calibrate.ts";
export { parseCalibrator } from "./calibrate/parseCalibrator.ts";
export { shiftPrevalence } from "./calibrate/shiftPrevalence.ts";

// Findings and lesions
export {
  calibrateFinding,
  type FindingCalibrator,
  type FindingDistance,
  fitFindingCalibrator,
  type LabeledFinding,
  parseFindingCalibrator,
} from "./calibrate/findingCalibrator.ts";
export { findingsOfBreast, type Peak, type ViewResult } from "./findingsOfBreast.ts";
export { assign } from "./assign.ts";
export { type Landmarks, type PlaceInBreast, placeInBreast } from "./place/placeInBreast.ts";
export { describePlace, type PlaceWords } from "./place/describePlace.ts";
export { mirroredBox, type NippleAndScale } from "./place/mirroredBox.ts";
export { type PairFeatures, type PlacedFinding, pairFeatures } from "./pair/pairFeatures.ts";
export { fitPairModel, type LabeledPair, type PairModel, pairProbability, parsePairModel, startingPairModel } from "./pair/pairModel.ts";
export { type MatchedExam, tunePairModel } from "./pair/tunePairModel.ts";
export { type MatchedViews, type MatchOptions, matchViews, type PairRefusal, type ViewPair } from "./pair/matchViews.ts";

// Scores from 1 to 10, and the report of an exam
export { deciles, fitScale, parseScale, type ScaleReference, type Score, type ScoreScale, toScore } from "./score.ts";
export { fitRiskScale } from "./scale/riskScale.ts";
export { riskByScore, type ScoreRisk } from "./scale/riskByScore.ts";
export { type ScaleStability, scaleStability } from "./scale/scaleStability.ts";
export type { BreastLesions, Lesion } from "./lesionsOf.ts";
export { type BreastReport, buildReport, type ExamReport, type FindingReport, type LesionReport } from "./report.ts";
