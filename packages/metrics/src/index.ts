// The words: labels, scores, weights, clusters
export type { Numbers, Weighted } from "./checkCases.ts";
export type { ClusterNames } from "./clusters.ts";
export { prevalenceWeights } from "./prevalenceWeights.ts";
export { combineScores } from "./combineScores.ts";

// The ROC curve and what is read off it
export { type RocCurve, rocCurve } from "./rocCurve.ts";
export { auroc } from "./auroc.ts";
export { areaUnder, type PartialAreaOptions, partialAreaUnder, type RocPart } from "./areaUnder.ts";
export { partialAuroc } from "./partialAuroc.ts";
export { interpolatedSensitivityAt, interpolatedSpecificityAt, operatingPoint, sensitivityAt, specificityAt } from "./operatingPoint.ts";
export { averagePrecision } from "./averagePrecision.ts";

// Intervals and tests of one score or two
export { type AreaDifference, type AreaInterval, delong, delongInterval, delongUnpaired } from "./delong.ts";
export { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
export {
  type BootstrapEstimate,
  bootstrapRoc,
  type CurveStatistic,
  dreamCompat,
  type RocBootstrapOptions,
  type ScoredCases,
} from "./bootstrapRoc.ts";
export { contrast, pairedDifference } from "./contrast.ts";
export { type PermutationOptions, permutationTest } from "./permutationTest.ts";
export { type RocBand, rocBand } from "./rocBand.ts";
export { type SubgroupRow, subgroups } from "./subgroups.ts";

// Reader studies
export { averageRocCurve } from "./averageRocCurve.ts";
export { type AreaCovariance, areaCovariance, type CovarianceOptions } from "./areaCovariance.ts";
export { type Mrmc, type MrmcEstimate, type MrmcOptions, type MrmcTest, mrmc } from "./mrmc.ts";
export { type DbmComponents, dbmComponents } from "./dbmComponents.ts";
export { type MrmcPlan, mrmcCases, mrmcPower } from "./mrmcPower.ts";
export { aiVersusReaders } from "./aiVersusReaders.ts";

// Marks on images
export { type Box, centreDistanceRule, centreInBoxRule, type HitRule, overlapRule } from "./hitRules.ts";
export { type FrocCurve, type FrocImage, type FrocMark, frocCurve, frocScore, frocSensitivityAt, matchMarks } from "./frocCurve.ts";
export { bootstrapFroc } from "./bootstrapFroc.ts";
export { wafrocArea } from "./wafroc.ts";

// Probabilities that mean what they say
export { type BrierParts, brierParts, brierScore, logLoss, murphyParts, prevalenceOf } from "./brier.ts";
export {
  type CalibrationBin,
  type CalibrationError,
  type CalibrationOptions,
  calibrationCurve,
  calibrationError,
  integratedCalibrationIndex,
} from "./calibrationCurve.ts";
export { type CalibrationSlope, type Coefficient, calibrationSlope } from "./calibrationSlope.ts";
export { type NetBenefit, type NetBenefitOptions, netBenefit } from "./netBenefit.ts";

// Screening practice
export { type AuditedExams, type Rate, recallAt, type ScreeningAudit, screeningAudit } from "./screeningAudit.ts";
export { type BenchmarkRow, bcscBenchmarks, compareWithBenchmarks, isAcceptable } from "./benchmarks.ts";
