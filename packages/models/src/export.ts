// A graph as a table, and as a file of others

export { toOnnx } from "./onnx/toOnnx.ts";
export { type TfjsExport, toTfjs } from "./tfjs/toTfjs.ts";
export { type DescribedLayer, describeGraph, type GraphDescription } from "./trace/describe.ts";
export type { GraphExport } from "./trace/exportGraph.ts";
