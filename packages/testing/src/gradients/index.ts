// The table of gradients, for any backend that is current

export { checkGradient, type GradientCheck } from "./checkGradient.ts";
export type { GradientCase } from "./gradientCase.ts";
export { gradientCases } from "./gradientCases.ts";

// Training that must end with the same weights on every backend
export { type TrainedPyramid, trainPyramid } from "./trainPyramid.ts";
