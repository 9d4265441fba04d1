// Cases: labels, scores, weights, clusters
export type { Numbers, Weighted } from "./cases/checkCases.ts";
export type { ClusterNames } from "./cases/clusters.ts";
export { prevalenceWeights } from "./cases/prevalenceWeights.ts";
export { combineScores } from "./cases/combineScores.ts";
export { ranks } from "./cases/ranks.ts";

// The ROC curve and what is read off it
export { type CurveStatistic, type RocCurve, rocCurve } from "./roc/rocCurve.ts";
export { auroc } from "./roc/auroc.ts";
export { areaUnder, type PartialAreaOptions, partialAreaUnder, type RocPart } from "./roc/areaUnder.ts";
export { partialAuroc } from "./roc/partialAuroc.ts";
export { interpolatedSensitivityAt, interpolatedSpecificityAt, operatingPoint, sensitivityAt, specificityAt } from "./roc/operatingPoint.ts";
export { averagePrecision } from "./roc/averagePrecision.ts";

// Intervals and tests of one score or two
export { type AreaDifference, type AreaInterval, delong, delongInterval, delongUnpaired } from "./intervals/delong.ts";
export { type BootstrapOptions, bootstrap } from "./intervals/bootstrap.ts";
export { type BootstrapEstimate, bootstrapRoc, dreamCompat, type RocBootstrapOptions, type ScoredCases } from "./intervals/bootstrapRoc.ts";
export { contrast, pairedDifference } from "./intervals/contrast.ts";
export { type PermutationOptions, permutationTest } from "./intervals/permutationTest.ts";
export { type RocBand, rocBand } from "./intervals/rocBand.ts";
export { type SubgroupRow, subgroups } from "./intervals/subgroups.ts";

// Reader studies
export { averageRocCurve } from "./readers/averageRocCurve.ts";
export { type AreaCovariance, areaCovariance } from "./readers/areaCovariance.ts";
export type { CovarianceOptions } from "./readers/areaEstimates.ts";
export { type Mrmc, type MrmcEstimate, type MrmcOptions, type MrmcTest, mrmc } from "./readers/mrmc.ts";
export { type DbmComponents, dbmComponents } from "./readers/dbmComponents.ts";
export { type MrmcPlan, mrmcCases, mrmcPower } from "./readers/mrmcPower.ts";
export { aiVersusReaders } from "./readers/aiVersusReaders.ts";

// Marks on images
export { centerDistanceRule, centerInBoxRule, type HitRule, overlapRule } from "./marks/hitRules.ts";
export { type FrocCurve, type FrocImage, type FrocMark, frocCurve, frocScore, frocSensitivityAt, matchMarks } from "./marks/frocCurve.ts";
export { type DbtexScore, dbtexRule, dbtexScore, type VolumeBox } from "./marks/dbtex.ts";
export { bootstrapFroc } from "./marks/bootstrapFroc.ts";
export { wafrocArea } from "./marks/wafroc.ts";

// Calibration
export { type BrierParts, brierParts, brierScore, logLoss, murphyParts, prevalenceOf } from "./calibration/brier.ts";
export {
  type CalibrationBin,
  type CalibrationError,
  type CalibrationOptions,
  calibrationCurve,
  calibrationError,
  integratedCalibrationIndex,
} from "./calibration/calibrationCurve.ts";
export { type CalibrationSlope, type Coefficient, calibrationSlope } from "./calibration/calibrationSlope.ts";

// Screening
export { type NetBenefit, type NetBenefitOptions, netBenefit } from "./screening/netBenefit.ts";
export { type AuditedExams, recallAt, type ScreeningAudit, screeningAudit } from "./screening/screeningAudit.ts";
export type { Rate } from "./screening/wilson.ts";
export { type BenchmarkRow, bcscBenchmarks, compareWithBenchmarks, isAcceptable } from "./screening/benchmarks.ts";
