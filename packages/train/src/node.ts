// A stage in a folder: saved, resumed, skipped where it is done
export {
  type RunStageOptions,
  runStageInFolder,
  type StageEvent,
  type StageResult,
  type StageSummary,
} from "./node/runStageInFolder.ts";
export { dynamicsFileName, readDynamics } from "./node/watchDynamics.ts";
