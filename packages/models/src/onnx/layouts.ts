import type { OnnxAttribute, OnnxNode, OnnxTensor } from "@mammo/weights";
import type { TracedTensor } from "../trace/traceGraph.ts";

/** Order of a map's axes: ours, [B, H, W, C], or ONNX's, [B, C, H, W]. Tensors of another rank have but one. */
export type Layout = "nhwc" | "nchw";

/** The graph that is being written, and which of our tensors it has under which name. */
export interface Writer {
  readonly nodes: OnnxNode[];
  readonly constants: Record<string, OnnxTensor>;
  /** A node with one output; its name is made here unless it is given. */
  put(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>, output?: string): string;
  /** A constant of whole numbers. */
  integers(values: readonly number[]): string;
  /** A constant of float32. */
  floats(tensor: OnnxTensor): string;
  /** Says that a tensor has this name in this layout. */
  define(tensor: TracedTensor, name: string, layout?: Layout): void;
  /** Its name in the layout; turned once where it has only the other. */
  want(tensor: TracedTensor, layout?: Layout): string;
  /** Whether it is there in the layout without turning. */
  has(tensor: TracedTensor, layout: Layout): boolean;
}

const turns = { nchw: [0, 3, 1, 2], nhwc: [0, 2, 3, 1] } as const;

/** An empty graph. */
export function writer(): Writer {
  const nodes: OnnxNode[] = [];
  const constants: Record<string, OnnxTensor> = {};
  const names = new Map<number, Partial<Record<Layout, string>>>();
  let count = 0;
  const next = (what: string) => `${what}_${++count}`;
  const put: Writer["put"] = (op, inputs, attributes, output = next(op)) => {
    nodes.push({ op, inputs, outputs: [output], ...(attributes ? { attributes } : {}) });
    return output;
  };
  const constant = (tensor: OnnxTensor) => {
    const name = next("constant");
    constants[name] = tensor;
    return name;
  };
  return {
    nodes,
    constants,
    put,
    integers: (values) => constant({ shape: [values.length], data: BigInt64Array.from(values, BigInt) }),
    floats: constant,
    define({ id }, name, layout = "nhwc") {
      names.set(id, { ...names.get(id), [layout]: name });
    },
    want({ id, shape }, layout = "nhwc") {
      const own = names.get(id)!;
      const found = own[layout];
      if (found !== undefined) return found;
      const other = own[layout === "nchw" ? "nhwc" : "nchw"]!;
      const turned = shape.length === 4 ? put("Transpose", [other], { perm: turns[layout] }) : other;
      names.set(id, { ...own, [layout]: turned });
      return turned;
    },
    has: ({ id }, layout) => names.get(id)?.[layout] !== undefined,
  };
}
