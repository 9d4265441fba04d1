import { requireConnected } from "../requireConnected.ts";

type Dtype = "DT_FLOAT" | "DT_INT32";

/** A value of an attribute: a flag, whole numbers, texts, a float32 (where `float` says so), a dtype or several. */
export type TfjsAttribute =
  | boolean
  | number
  | readonly number[]
  | string
  | readonly string[]
  | { readonly float: number }
  | { readonly type: Dtype | readonly Dtype[] };

/** An operation of TensorFlow: what it reads and gives by name, and its attributes; its dtype `T` is float32 unless they say another. */
export interface TfjsNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, TfjsAttribute>>;
}

/** A float32 input or output. */
export interface TfjsPort {
  readonly name: string;
  /** Whole numbers; -1 for a side of any length. */
  readonly shape: readonly number[];
}

/** A graph of float32 tensors; its constants are the arrays that are encoded with it. */
export interface TfjsGraph {
  /** In an order in which each reads only what stands before it. */
  readonly nodes: readonly TfjsNode[];
  readonly inputs: readonly TfjsPort[];
  readonly outputs: readonly TfjsPort[];
}

/** A constant as a graph sees it. */
interface Constant {
  readonly shape: readonly number[];
  readonly type: string;
  readonly data: { readonly length: number };
}

/** What TensorFlow takes as the name of a node; a colon would be read as the number of an output. */
const nodeName = /^[A-Za-z0-9.][A-Za-z0-9_./>-]*$/;

/**
 * A graph -> `modelTopology` and `signature` of a GraphModel. Documented (TensorFlow, graph.proto, node_def.proto and attr_value.proto as JSON of proto3).
 *
 * @throws RangeError as `requireConnected` does, for a name that no node can have, an input that is left out, a side that is no whole number, and a number of an attribute that is
 * neither whole nor a `float`.
 */
export function graphDef({ nodes, inputs, outputs }: TfjsGraph, constants: Readonly<Record<string, Constant>>) {
  requireConnected({ nodes, constants, inputs, outputs });
  const given = nodes.flatMap((node) => node.outputs.map((name, index) => [name, index === 0 ? name : `${node.outputs[0]}:${index}`] as const));
  const references = new Map(given);
  for (const name of [...Object.keys(constants), ...inputs.map(({ name }) => name), ...references.keys()])
    if (!nodeName.test(name)) throw new RangeError(`Expected names of letters, digits, _ . / > and -, got ${JSON.stringify(name)}.`);
  // Nothing can be left out here, as ONNX does.
  const short = nodes.find(({ inputs: read }) => read.includes(""));
  if (short) throw new RangeError(`Expected nodes to read values by name, got ${short.op} that reads "".`);
  for (const { name, shape } of [...inputs, ...outputs])
    if (!shape.every((side) => Number.isSafeInteger(side) && side >= -1))
      throw new RangeError(`Expected the shape of ${name} to be whole numbers, or -1 for any, got [${shape.join(", ")}].`);
  const reference = (name: string) => references.get(name) ?? name;
  const topology = {
    node: [
      ...inputs.map(({ name, shape }) => ({ name, op: "Placeholder", attr: { dtype: float, shape: { shape: shapeOf(shape) } } })),
      ...Object.entries(constants).map(([name, { shape, type }]) => ({
        name,
        op: "Const",
        attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape: shapeOf(shape) } } },
      })),
      ...nodes.map(({ op, inputs: read, outputs: [name], attributes = {} }) => ({
        name,
        op,
        input: read.map(reference),
        attr: { T: float, ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value, `${key} of ${op}`)])) },
      })),
    ],
    library: {},
    versions: { producer: 2288 }, // of TensorFlow 2.20, which has read such graphs
  };
  const port = ({ name, shape }: TfjsPort) => {
    const at = reference(name);
    return [name, { name: at.includes(":") ? at : `${at}:0`, dtype: "DT_FLOAT", tensorShape: shapeOf(shape) }] as const;
  };
  return {
    modelTopology: topology,
    signature: { inputs: Object.fromEntries(inputs.map(port)), outputs: Object.fromEntries(outputs.map(port)) },
  };
}

const float = { type: "DT_FLOAT" };
/** 64-bit numbers are texts in JSON of proto3, bytes base64. */
const shapeOf = (shape: readonly number[]) => ({ dim: shape.map((side) => ({ size: String(side) })) });

function attributeOf(value: TfjsAttribute, name: string): object {
  const whole = (one: number) => {
    if (!Number.isSafeInteger(one)) throw new RangeError(`Expected whole numbers in ${name}, or { float: … } for another, got ${one}.`);
    return String(one);
  };
  if (typeof value === "boolean") return { b: value };
  if (typeof value === "number") return { i: whole(value) };
  if (typeof value === "string") return { s: base64(value) };
  if ("float" in value) {
    if (!Number.isFinite(value.float)) throw new RangeError(`Expected a finite float in ${name}, got ${value.float}.`);
    return { f: value.float };
  }
  if ("type" in value) return typeof value.type === "string" ? value : { list: value };
  return {
    list: value.some((one) => typeof one === "string")
      ? { s: value.map((one) => base64(String(one))) }
      : { i: value.map((one) => whole(Number(one))) },
  };
}

/** Of the text's UTF-8: `btoa` alone takes no other letters than Latin ones. */
const base64 = (text: string): string => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
