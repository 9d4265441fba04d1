export { areaUnder, type PartialAreaOptions, partialAreaUnder, type RocPart } from "./areaUnder.ts";
export { auroc } from "./auroc.ts";
export { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
export {
  type BootstrapEstimate,
  bootstrapRoc,
  type CurveStatistic,
  dreamCompat,
  type RocBootstrapOptions,
  type ScoredCases,
} from "./bootstrapRoc.ts";
export type { Numbers, Weighted } from "./checkCases.ts";
export { contrast, pairedDifference } from "./contrast.ts";
export { interpolatedSensitivityAt, interpolatedSpecificityAt, operatingPoint, sensitivityAt, specificityAt } from "./operatingPoint.ts";
export { partialAuroc } from "./partialAuroc.ts";
export { type RocCurve, rocCurve } from "./rocCurve.ts";
