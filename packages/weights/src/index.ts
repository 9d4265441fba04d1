// Formats: safetensors
export { decodeSafetensors, encodeSafetensors, type NamedArray, type Safetensors } from "./safetensors.ts";

// What fits
export { compareWeights, requireAllLoaded, type Shaped } from "./compareWeights.ts";
export { type WeightsComparison, WeightsError, type WeightsErrorCode } from "./weightsError.ts";
