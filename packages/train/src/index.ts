// What is trained, and on what
export type { Trainable } from "./trainable.ts";
export { sigmoidCrossEntropy, softmaxCrossEntropy } from "./losses.ts";
export { emaWarmup, type Schedule, warmupCosine } from "./schedules.ts";

// Which women and images, from a seed alone
export { randomAt } from "./randomAt.ts";
export { permutation } from "./permutation.ts";
export { splitByWoman } from "./splitByWoman.ts";
export { type BalancedSamplerOptions, balancedSampler, type SampledItem } from "./balancedSampler.ts";

// Optimizers: ready ones, and the transforms that they are chains of
export { adam, type OptimizerOptions, sgd } from "./optimizers.ts";
export { chain, freeze, type Slots, type Transform, type Update, type UpdateContext } from "./transform.ts";
export { partition } from "./partition.ts";
export { clipByGlobalNorm } from "./transforms/clipByGlobalNorm.ts";
export { type AdamMoments, scaleByAdam } from "./transforms/scaleByAdam.ts";
export { trace } from "./transforms/trace.ts";
export { addWeightDecay } from "./transforms/addWeightDecay.ts";
export { scaleByLearningRate } from "./transforms/scaleByLearningRate.ts";

// Steps, averages, stages
export { disposeSlots, type Loss, startSlots, type TrainMode, type TrainStepOptions, type TrainStepResult, trainStep } from "./trainStep.ts";
export { type Ema, type EmaOptions, ema, withWeights } from "./ema.ts";
export type { Stage, StageStart } from "./stage.ts";
export type { StageStarted } from "./standing.ts";
export { type RunOptions, runStages, type StepReport } from "./runStages.ts";

// What is kept, and taken up again
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export { type RestoreReport, restoreSlots, restoreWeights } from "./restore.ts";
export { decodeSafetensors, encodeSafetensors, type NumberArray, type Safetensors } from "./safetensors.ts";
export { readTensors, toTensors } from "./arrays.ts";
export { TrainError, type TrainErrorCode } from "./errors.ts";
