import { requireConnected } from "../requireConnected.ts";
import { encodeMessage, type Field } from "./protobuf.ts";

/** A value of an attribute: whole number, whole numbers, text, or a float32 (written where `float` says so). */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number };

/** An operation: what it reads and writes by name ("" for an input that is left out), and its attributes. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant, row-major: float32, or int64 for shapes and axes. */
export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** A float32 input or output. */
export interface OnnxPort {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A graph of float32 tensors. */
export interface OnnxGraph {
  /** In an order in which each reads only what stands before it. */
  readonly nodes: readonly OnnxNode[];
  readonly constants: Readonly<Record<string, OnnxTensor>>;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** Texts that a reader may show, such as the classes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A graph -> the bytes of an ONNX file: IR version 8, operator set 17. Documented (onnx.proto3).
 *
 * @throws RangeError where a node has no operation, gives nothing or reads a name that nothing before it gives, a value has no name or two have one, an output is given
 * by nothing or listed twice, or a constant's numbers and shape disagree.
 * @example
 * encodeOnnx({
 *   nodes: [{ op: "Add", inputs: ["x", "one"], outputs: ["y"] }],
 *   constants: { one: { shape: [1], data: Float32Array.of(1) } },
 *   inputs: [{ name: "x", shape: [2] }],
 *   outputs: [{ name: "y", shape: [2] }],
 * });
 */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  requireConnected(graph);
  const { nodes, constants, inputs, outputs, metadata = {} } = graph;
  return encodeMessage([
    [1, 8], // ir_version
    [2, "mammo"], // producer_name
    [
      7, // graph: node 1, name 2, initializer 5, input 11, output 12
      [
        ...nodes.map((one): Field => [1, nodeFields(one)]),
        [2, "mammo"],
        ...Object.entries(constants).map((one): Field => [5, tensorFields(one)]),
        ...inputs.map((one): Field => [11, portFields(one)]),
        ...outputs.map((one): Field => [12, portFields(one)]),
      ],
    ],
    [8, [[2, 17]]], // opset_import: version 2
    ...Object.entries(metadata).map(([key, value]): Field => [14, [...text(1, key), ...text(2, value)]]), // metadata_props
  ]);
}

const text = (number: number, value: string): readonly Field[] => [[number, value]];

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
const nodeFields = ({ op, inputs, outputs, attributes = {} }: OnnxNode): readonly Field[] => [
  ...inputs.map((name): Field => [1, name]),
  ...outputs.map((name): Field => [2, name]),
  [4, op],
  ...Object.entries(attributes).map((entry): Field => [5, attributeFields(entry)]),
];

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7). */
function attributeFields([name, value]: readonly [string, OnnxAttribute]): readonly Field[] {
  const of = (type: number, ...fields: readonly Field[]): readonly Field[] => [[1, name], ...fields, [20, type]];
  if (typeof value === "number") return of(2, [3, value]);
  if (typeof value === "string") return of(3, [4, value]);
  if ("float" in value) return of(1, [2, value]);
  return of(7, ...value.map((one): Field => [8, one]));
}

/** TensorProto: dims 1, data_type 2 (FLOAT 1, INT64 7), name 8, raw_data 9 (little-endian, as all engines that run this are). */
const tensorFields = ([name, { shape, data }]: readonly [string, OnnxTensor]): readonly Field[] => [
  ...shape.map((side): Field => [1, side]),
  [2, data instanceof Float32Array ? 1 : 7],
  [8, name],
  [9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
];

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } } }. */
const portFields = ({ name, shape }: OnnxPort): readonly Field[] => {
  const dims = shape.map((side): Field => [1, [[1, side]]]);
  return [
    [1, name],
    [
      2,
      [
        [
          1,
          [
            [1, 1],
            [2, dims],
          ],
        ],
      ],
    ],
  ];
};
