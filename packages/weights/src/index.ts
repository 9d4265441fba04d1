// Formats: safetensors, and out only: TensorFlow.js's models and ONNX
export { decodeSafetensors, encodeSafetensors, type NamedArray, type Safetensors } from "./safetensors.ts";
export { encodeTfjs, type TfjsFiles, type TfjsOptions } from "./tfjs/encodeTfjs.ts";
export type { TfjsAttribute, TfjsGraph, TfjsNode, TfjsPort } from "./tfjs/graphDef.ts";
export { encodeOnnx, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxPort, type OnnxTensor } from "./onnx/encodeOnnx.ts";

// What fits, and what becomes of other frameworks' names and layouts
export { compareWeights, type Shaped, type WeightsComparison } from "./compareWeights.ts";
export { type Layout, type NameRule, type RenamedWeights, renameWeights } from "./renameWeights.ts";
export { requireAllLoaded } from "./requireAllLoaded.ts";
export { requireWhole } from "./requireWhole.ts";
export { WeightsError, type WeightsErrorCode } from "./weightsError.ts";
