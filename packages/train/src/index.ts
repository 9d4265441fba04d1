// What is trained, and on what
export type { Trainable } from "./trainable.ts";
export { sigmoidCrossEntropy } from "./losses/sigmoidCrossEntropy.ts";
export { type SoftmaxOptions, softmaxCrossEntropy } from "./losses/softmaxCrossEntropy.ts";
export { type FocalOptions, focalLoss } from "./losses/focalLoss.ts";
export { giouLoss } from "./losses/giouLoss.ts";
export { smoothL1Loss } from "./losses/smoothL1Loss.ts";
export { type DetectionLossOptions, type DetectionOutputs, type DetectionTruth, detectionLosses } from "./losses/detectionLosses.ts";
export { emaWarmup, type Schedule, warmupCosine } from "./schedules.ts";

// Which women and images, from a seed alone
export { splitByPatient } from "./sampling/splitByPatient.ts";
export { type BalancedSamplerOptions, balancedSampler, type SampledItem } from "./sampling/balancedSampler.ts";
export { type RateSamplerOptions, rateSampler } from "./sampling/rateSampler.ts";
export { type BreastPair, type PairableView, pairBreasts } from "./sampling/pairBreasts.ts";
export { type BoxSamplerOptions, type BoxWindow, boxSampler, type ViewWithBoxes } from "./sampling/boxSampler.ts";
export { type MinedPlace, type MineOptions, mineNegatives, type ScoredPlace } from "./sampling/mineNegatives.ts";

// Optimizers: ready ones, and the transforms that they are chains of
export { adam, type OptimizerOptions, sgd } from "./optimizers.ts";
export { chain, freeze, type OptimizerState, stateless, type Transform, type Update, type UpdateContext } from "./transforms/transform.ts";
export { partition } from "./transforms/partition.ts";
export { clipByGlobalNorm } from "./transforms/clipByGlobalNorm.ts";
export { type AdamMoments, scaleByAdam } from "./transforms/scaleByAdam.ts";
export { accumulate } from "./transforms/accumulate.ts";
export { momentum } from "./transforms/momentum.ts";
export { addWeightDecay } from "./transforms/addWeightDecay.ts";
export { scaleByLearningRate } from "./transforms/scaleByLearningRate.ts";

// Steps, averages, stages
export {
  disposeOptimizer,
  initOptimizer,
  type Loss,
  type TrainMode,
  type TrainStepOptions,
  type TrainStepResult,
  trainStep,
} from "./trainStep.ts";
export { type Ema, type EmaOptions, ema, withWeights } from "./ema.ts";
export type { Stage, StageNegatives, StageStart } from "./stage.ts";
export type { StageStarted } from "./trainState.ts";
export { type StepReport, type TrainStageOptions, trainStage } from "./trainStage.ts";

// What happens inside a net
export type { ActivationDynamics, ParameterDynamics, StepDynamics } from "./dynamics/dynamics.ts";
export type { NumbersSummary } from "./dynamics/numbers.ts";
export { type Diagnosis, diagnose, type ObservedStep } from "./dynamics/diagnose.ts";
export { type CurveTrend, curveTrend } from "./dynamics/trend.ts";
export { encodeTensorBoard, type TensorBoardStep, type TensorBoardValue } from "./dynamics/tensorBoard.ts";

// What is kept, and taken up again
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export { restoreWeights } from "./restore.ts";
export { TrainError, type TrainErrorCode } from "./errors.ts";
