// Pieces of graphs whose gradients are right on every backend

export { batchNormFrozen, type FrozenNorm } from "./layers/batchNormFrozen.ts";
export { type BatchMoments, type BatchNormOptions, batchNormTrain } from "./layers/batchNormTrain.ts";
export { foldedConv } from "./layers/foldedConv.ts";
export { globalMean } from "./layers/globalMean.ts";
export { type GroupNormOptions, groupNorm } from "./layers/groupNorm.ts";
export { upsample2x } from "./layers/upsample2x.ts";
