// Pieces of graphs whose gradients are right on every backend

export { type Backbone, detectorBackbone, featureMaps } from "./blocks/detectorBackbone.ts";
export { batchNormFrozen, type FrozenNorm } from "./layers/batchNormFrozen.ts";
export { type BatchMoments, type BatchNormOptions, batchNormTrain } from "./layers/batchNormTrain.ts";
export { type ConvOptions, conv } from "./layers/conv.ts";
// Operations
export { customGradient } from "./layers/customGradient.ts";
export { type FoldedConvOptions, foldedConv } from "./layers/foldedConv.ts";
export { globalMean } from "./layers/globalMean.ts";
export { type GroupNormOptions, groupNorm } from "./layers/groupNorm.ts";
// Layers with weights, declared in a store
export type { Initializer } from "./layers/heUniform.ts";
export type { Layer } from "./layers/layer.ts";
export { upsample2x } from "./layers/upsample2x.ts";
export { type WeightStore, weightStore } from "./layers/weightStore.ts";
