// Formats: safetensors, and out only: TensorFlow.js's shards and ONNX
export { decodeSafetensors, encodeSafetensors, type NamedArray, type Safetensors } from "./safetensors.ts";
export { encodeTfjs, type TfjsFiles } from "./encodeTfjs.ts";
export { encodeOnnx, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxPort, type OnnxTensor } from "./onnx/encodeOnnx.ts";

// What fits
export { compareWeights, type Shaped, type WeightsComparison } from "./compareWeights.ts";
export { requireAllLoaded } from "./requireAllLoaded.ts";
export { WeightsError, type WeightsErrorCode } from "./weightsError.ts";
