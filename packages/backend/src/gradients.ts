export { type GradientCase, gradientCases } from "./gradients/cases.ts";
export { checkGradient, type GradientCheck } from "./gradients/checkGradient.ts";
export { type TrainedPyramid, trainPyramid } from "./gradients/trainPyramid.ts";
