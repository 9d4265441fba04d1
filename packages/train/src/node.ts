// A stage in a folder: saved, resumed, skipped where it is done
export {
  type RunStageOptions,
  runStageInFolder,
  type StageEvent,
  type StageResult,
  type StageSummary,
} from "./node/runStageInFolder.ts";
export type { BestOptions, JudgedStep } from "./node/best.ts";
export {
  type BatchModule,
  type BatchThreads,
  type BatchThreadsOptions,
  batchThreads,
  type PlainBatch,
  type PlainBatches,
} from "./node/batchThreads.ts";
export { dynamicsFileName, readDynamics } from "./node/watchDynamics.ts";
