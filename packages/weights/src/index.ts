// Formats: safetensors
export { decodeSafetensors, encodeSafetensors, type NamedArray, type Safetensors } from "./safetensors.ts";

// What fits
export { compareWeights, type Shaped, type WeightsComparison } from "./compareWeights.ts";
export { requireAllLoaded } from "./requireAllLoaded.ts";
export { WeightsError, type WeightsErrorCode } from "./weightsError.ts";
