import type { NamedArray, TfjsAttribute, TfjsNode } from "@mammo/weights";
import type { TracedTensor } from "../trace/traceGraph.ts";

/** The graph that is being written, and which of our tensors it has under which name. */
export interface Writer {
  readonly nodes: TfjsNode[];
  readonly constants: Record<string, NamedArray>;
  /** A node, and the names of what it gives: one unless `count` says more. */
  put(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, TfjsAttribute>>, count?: number): readonly string[];
  /** A constant of whole numbers: a list, or one. */
  integers(values: number | readonly number[]): string;
  /** A constant. */
  constant(array: NamedArray): string;
  /** Says that a tensor has this name. */
  define(tensor: Pick<TracedTensor, "id">, name: string): void;
  /** Its name. */
  nameOf(tensor: TracedTensor): string;
}

/** An empty graph. */
export function writer(): Writer {
  const nodes: TfjsNode[] = [];
  const constants: Record<string, NamedArray> = {};
  const names = new Map<number, string>();
  let made = 0;
  const next = (what: string) => `${what}_${++made}`;
  const constant = (array: NamedArray) => {
    const name = next("constant");
    constants[name] = array;
    return name;
  };
  return {
    nodes,
    constants,
    constant,
    put(op, inputs, attributes = {}, count = 1) {
      const outputs = Array.from({ length: count }, () => next(op.replace(/^_/, "")));
      nodes.push({ op, inputs, outputs, attributes });
      return outputs;
    },
    integers: (values) =>
      constant(typeof values === "number" ? { shape: [], data: Int32Array.of(values) } : { shape: [values.length], data: Int32Array.from(values) }),
    define: ({ id }, name) => void names.set(id, name),
    nameOf: ({ id }) => names.get(id)!,
  };
}
