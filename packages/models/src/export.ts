// A graph as a table, and on other runtimes: as a file of theirs, or run by them

export { type OnnxRuntime, type OnnxSession, type OnnxTensor, onnxRunner } from "./onnx/onnxRunner.ts";
export { toOnnx } from "./onnx/toOnnx.ts";
export { type TfjsExport, toTfjs } from "./tfjs/toTfjs.ts";
export { type DescribedLayer, describeGraph, type GraphDescription } from "./trace/describe.ts";
export type { GraphExport } from "./trace/exportGraph.ts";
