// ONNX's file format (onnx.proto3 of IR version 8), as much of it as a float32 graph needs: a writer of protocol buffers.

/** Field `number` of a message: a whole number, a float32 (written where `float` says so), text, or bytes (another message). */
type Field = readonly [number: number, value: number | string | Uint8Array | readonly Field[] | { readonly float: number }];

/** An operation: what it reads and writes by name, and its attributes (whole numbers, lists of them, float32). */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;
}

export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | readonly bigint[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** Constants by name; bigint values are int64 (shapes). */
  readonly constants: Readonly<Record<string, OnnxTensor>>;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly output: { readonly name: string; readonly shape: readonly number[] };
}

const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]);

function encode(fields: readonly Field[]): Uint8Array {
  const parts = fields.map(([number, value]): Uint8Array => {
    if (typeof value === "number") return Uint8Array.from([...varint(number * 8), ...varint(value)]);
    if (typeof value === "object" && "float" in value) {
      return Uint8Array.from([...varint(number * 8 + 5), ...new Uint8Array(new Float32Array([value.float]).buffer)]);
    }
    const bytes =
      typeof value === "string" ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : encode(value as readonly Field[]);
    return Buffer.concat([Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
  });
  return Buffer.concat(parts);
}

/** AttributeProto: name 1, f 2, i 3, ints 8, type 20 (FLOAT 1, INT 2, INTS 7). */
function attribute([name, value]: readonly [string, NonNullable<OnnxNode["attributes"]>[string]]): readonly Field[] {
  if (typeof value === "number")
    return [
      [1, name],
      [3, value],
      [20, 2],
    ];
  if ("float" in value)
    return [
      [1, name],
      [2, value],
      [20, 1],
    ];
  return [[1, name], ...value.map((one): Field => [8, one]), [20, 7]];
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
const node = ({ op, inputs, output, attributes = {} }: OnnxNode): readonly Field[] => [
  ...inputs.map((name): Field => [1, name]),
  [2, output],
  [4, op],
  ...Object.entries(attributes).map((entry): Field => [5, attribute(entry)]),
];

/** TensorProto: dims 1, data_type 2 (FLOAT 1, INT64 7), name 8, raw_data 9 (little-endian). */
function constant([name, { shape, values }]: readonly [string, OnnxTensor]): readonly Field[] {
  const isFloat = values instanceof Float32Array;
  const raw = isFloat ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : new Uint8Array(BigInt64Array.from(values).buffer);
  return [...shape.map((side): Field => [1, side]), [2, isFloat ? 1 : 7], [8, name], [9, raw]];
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } } }. */
const port = ({ name, shape }: OnnxGraph["input"]): readonly Field[] => [
  [1, name],
  [
    2,
    [
      [
        1,
        [
          [1, 1],
          [2, shape.map((side): Field => [1, [[1, side]]])],
        ],
      ],
    ],
  ],
];

/** ModelProto: ir_version 1, graph 7 { node 1, name 2, initializer 5, input 11, output 12 }, opset_import 8 { version 2 }. Operator set 17. */
export function encodeOnnx({ nodes, constants, input, output }: OnnxGraph): Uint8Array {
  const graph: readonly Field[] = [
    ...nodes.map((one): Field => [1, node(one)]),
    [2, "mammo"],
    ...Object.entries(constants).map((one): Field => [5, constant(one)]),
    [11, port(input)],
    [12, port(output)],
  ];
  return encode([
    [1, 8],
    [7, graph],
    [8, [[2, 17]]],
  ]);
}
