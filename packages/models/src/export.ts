// A graph as a table, and as a file of others

export { type OnnxExport, toOnnx } from "./onnx/toOnnx.ts";
export { type DescribedLayer, describeGraph, type GraphDescription } from "./trace/describe.ts";
