export { aiVersusReaders } from "./aiVersusReaders.ts";
export { type AreaCovariance, areaCovariance, type CovarianceOptions } from "./areaCovariance.ts";
export { areaUnder, type PartialAreaOptions, partialAreaUnder, type RocPart } from "./areaUnder.ts";
export { auroc } from "./auroc.ts";
export { averagePrecision } from "./averagePrecision.ts";
export { averageRocCurve } from "./averageRocCurve.ts";
export { type BenchmarkRow, bcscBenchmarks, compareWithBenchmarks, isAcceptable } from "./benchmarks.ts";
export { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
export { bootstrapFroc } from "./bootstrapFroc.ts";
export {
  type BootstrapEstimate,
  bootstrapRoc,
  type CurveStatistic,
  dreamCompat,
  type RocBootstrapOptions,
  type ScoredCases,
} from "./bootstrapRoc.ts";
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
export type { Numbers, Weighted } from "./checkCases.ts";
export type { ClusterNames } from "./clusters.ts";
export { combineScores } from "./combineScores.ts";
export { contrast, pairedDifference } from "./contrast.ts";
export { type DbmComponents, dbmComponents } from "./dbmComponents.ts";
export { type AreaDifference, type AreaInterval, delong, delongInterval, delongUnpaired } from "./delong.ts";
export { type FrocCurve, type FrocImage, type FrocMark, frocCurve, frocScore, frocSensitivityAt, matchMarks } from "./frocCurve.ts";
export { type Box, centreDistanceRule, centreInBoxRule, type HitRule, overlapRule } from "./hitRules.ts";
export { type Mrmc, type MrmcEstimate, type MrmcOptions, type MrmcTest, mrmc } from "./mrmc.ts";
export { type MrmcPlan, mrmcCases, mrmcPower } from "./mrmcPower.ts";
export { type NetBenefit, type NetBenefitOptions, netBenefit } from "./netBenefit.ts";
export { interpolatedSensitivityAt, interpolatedSpecificityAt, operatingPoint, sensitivityAt, specificityAt } from "./operatingPoint.ts";
export { partialAuroc } from "./partialAuroc.ts";
export { type PermutationOptions, permutationTest } from "./permutationTest.ts";
export { prevalenceWeights } from "./prevalenceWeights.ts";
export { type RocBand, rocBand } from "./rocBand.ts";
export { type RocCurve, rocCurve } from "./rocCurve.ts";
export { type AuditedExams, type Rate, recallAt, type ScreeningAudit, screeningAudit } from "./screeningAudit.ts";
export { type SubgroupRow, subgroups } from "./subgroups.ts";
export { wafrocArea } from "./wafroc.ts";
