import { encodeTfjs, type TfjsGraph } from "@mammo/weights";
import { describe, expect, it } from "vitest";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("encodeTfjs", () => {
  const arrays = { b: { shape: [2], data: Int32Array.of(1, 2) }, a: { shape: [1, 2], data: Float32Array.of(0.5, 1) } };

  it("lists arrays by name, cuts the bytes into shards, and keeps the texts", () => {
    const { "model.json": json, shards } = encodeTfjs(arrays, { shardBytes: 10, metadata: { graph: "none" } });
    const { weightsManifest, userDefinedMetadata } = JSON.parse(json);
    expect(weightsManifest).toEqual([
      {
        paths: ["group1-shard1of2.bin", "group1-shard2of2.bin"],
        weights: [
          { name: "a", shape: [1, 2], dtype: "float32" },
          { name: "b", shape: [2], dtype: "int32" },
        ],
      },
    ]);
    expect(userDefinedMetadata).toEqual({ graph: "none" });
    expect(Object.values(shards).map(({ length }) => length)).toEqual([10, 6]);
    expect(hex(Uint8Array.from(Object.values(shards).flatMap((shard) => [...shard])))).toBe("0000003f0000803f0100000002000000");
  });

  it("refuses shards of no byte and dtypes that the format lacks", () => {
    expect(() => encodeTfjs(arrays, { shardBytes: 0 })).toThrow(new RangeError("Expected shards of at least 1 byte, got 0."));
    expect(() => encodeTfjs({ a: { shape: [1], data: Float64Array.of(1) } })).toThrow(
      new TypeError("Expected numbers of a dtype float32, int32, uint8 in a, got another array."),
    );
  });

  it.each(["signature", "structuredOutputKeys"])("refuses %s among the texts, which its reader would take for its own", (name) => {
    const message = `Expected metadata other than signature and structuredOutputKeys, got ${name}.`;
    expect(() => encodeTfjs(arrays, { metadata: { [name]: "x" } })).toThrow(new RangeError(message));
  });
});

describe("encodeTfjs with a graph", () => {
  const constants = {
    one: { shape: [1], data: Float32Array.of(1) },
    sizes: { shape: [2], data: Int32Array.of(1, 2) },
    axis: { shape: [], data: new Int32Array(1) },
  };
  const graph: TfjsGraph = {
    nodes: [
      { op: "AddV2", inputs: ["x", "one"], outputs: ["sum"] },
      { op: "SplitV", inputs: ["sum", "sizes", "axis"], outputs: ["head", "tail"], attributes: { num_split: 2, Tlen: { type: "DT_INT32" } } },
      { op: "Relu", inputs: ["tail"], outputs: ["y"] },
    ],
    inputs: [{ name: "x", shape: [3] }],
    outputs: [
      { name: "y", shape: [2] },
      { name: "tail", shape: [2] },
    ],
  };

  it("writes what TensorFlow calls a GraphDef: constants without their numbers, outputs by the number of their node", () => {
    const { format, modelTopology, signature, userDefinedMetadata, weightsManifest } = JSON.parse(encodeTfjs(constants, { graph })["model.json"]);
    const dims = (...sides: string[]) => ({ dim: sides.map((size) => ({ size })) });
    const T = { type: "DT_FLOAT" };
    const constant = (name: string, dtype: string, ...sides: string[]) => ({
      name,
      op: "Const",
      attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: dims(...sides) } } },
    });
    expect(modelTopology.node).toEqual([
      { name: "x", op: "Placeholder", attr: { dtype: T, shape: { shape: dims("3") } } },
      constant("axis", "DT_INT32"),
      constant("one", "DT_FLOAT", "1"),
      constant("sizes", "DT_INT32", "2"),
      { name: "sum", op: "AddV2", input: ["x", "one"], attr: { T } },
      { name: "head", op: "SplitV", input: ["sum", "sizes", "axis"], attr: { T, num_split: { i: "2" }, Tlen: { type: "DT_INT32" } } },
      { name: "y", op: "Relu", input: ["head:1"], attr: { T } },
    ]);
    const port = (name: string, side: string) => ({ name, dtype: "DT_FLOAT", tensorShape: dims(side) });
    expect({ format, signature }).toEqual({
      format: "graph-model",
      signature: { inputs: { x: port("x:0", "3") }, outputs: { y: port("y:0", "2"), tail: port("head:1", "2") } },
    });
    expect(userDefinedMetadata).toEqual({ structuredOutputKeys: ["y", "tail"] });
    expect(weightsManifest[0].weights.map(({ name }: { name: string }) => name)).toEqual(["axis", "one", "sizes"]);
  });

  it("writes each kind of attribute as JSON of proto3", () => {
    const attributes = {
      a: true,
      b: 3,
      c: [1, -2],
      d: "SAME",
      e: ["x", "yz"],
      f: { type: "DT_INT32" },
      g: { type: ["DT_FLOAT"] },
      h: { float: 0.2 },
      i: { float: 1 },
      j: "é",
    } as const;
    const node = { op: "Any", inputs: [], outputs: ["y"], attributes };
    const json = encodeTfjs({}, { graph: { nodes: [node], inputs: [], outputs: [] } })["model.json"];
    expect(JSON.parse(json).modelTopology.node[0].attr).toEqual({
      T: { type: "DT_FLOAT" },
      a: { b: true },
      b: { i: "3" },
      c: { list: { i: ["1", "-2"] } },
      d: { s: "U0FNRQ==" },
      e: { list: { s: ["eA==", "eXo="] } },
      f: { type: "DT_INT32" },
      g: { list: { type: ["DT_FLOAT"] } },
      h: { f: 0.2 },
      i: { f: 1 },
      j: { s: "w6k=" },
    });
  });

  it.each<[string, Partial<TfjsGraph>, string]>([
    [
      "a name from nowhere",
      { nodes: [{ op: "Relu", inputs: ["z"], outputs: ["y"] }] },
      "Expected nodes to read what stands before them, got Relu that reads z.",
    ],
    ["a name twice", { inputs: [{ name: "one", shape: [1] }] }, "Expected each name once in a graph, got one twice."],
    ["an output that nothing gives", { outputs: [{ name: "q", shape: [1] }] }, "Expected outputs that some node gives, got q."],
    [
      "an output twice",
      {
        outputs: [
          { name: "y", shape: [2] },
          { name: "y", shape: [2] },
        ],
      },
      "Expected each output once, got y twice.",
    ],
    [
      "a node that gives nothing",
      { nodes: [{ op: "Relu", inputs: ["x"], outputs: [] }] },
      "Expected nodes to give at least one value, got Relu that gives none.",
    ],
    ["a node without an operation", { nodes: [{ op: "", inputs: ["x"], outputs: ["y"] }] }, 'Expected an operation of each node, got "".'],
    [
      "an input that is left out",
      { nodes: [{ op: "Relu", inputs: [""], outputs: ["y", "tail"] }] },
      'Expected nodes to read values by name, got Relu that reads "".',
    ],
    ["a value without a name", { nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y", ""] }] }, 'Expected a name for each value of a graph, got "".'],
    ["half a side", { inputs: [{ name: "x", shape: [1.5] }] }, "Expected the shape of x to be whole numbers, or -1 for any, got [1.5]."],
    [
      "a fraction among whole numbers",
      { nodes: [{ op: "LeakyRelu", inputs: ["x"], outputs: ["y", "tail"], attributes: { alpha: 0.2 } }] },
      "Expected whole numbers in alpha of LeakyRelu, or { float: … } for another, got 0.2.",
    ],
    [
      "a fraction in a list",
      { nodes: [{ op: "MaxPool", inputs: ["x"], outputs: ["y", "tail"], attributes: { ksize: [1, 0.5] } }] },
      "Expected whole numbers in ksize of MaxPool, or { float: … } for another, got 0.5.",
    ],
    [
      "a float that is none",
      { nodes: [{ op: "LeakyRelu", inputs: ["x"], outputs: ["y", "tail"], attributes: { alpha: { float: Number.NaN } } }] },
      "Expected a finite float in alpha of LeakyRelu, got NaN.",
    ],
    [
      "a name that TensorFlow would read as something else",
      {
        inputs: [
          { name: "x", shape: [3] },
          { name: "^x", shape: [3] },
        ],
      },
      'Expected names of letters, digits, _ . / > and -, got "^x".',
    ],
  ])("refuses %s", (_, part, message) => expect(() => encodeTfjs(constants, { graph: { ...graph, ...part } })).toThrow(new RangeError(message)));

  it("refuses a constant whose numbers and shape disagree", () => {
    const wrong = { ...constants, one: { shape: [3], data: Float32Array.of(1) } };
    for (const options of [{ graph }, {}])
      expect(() => encodeTfjs(wrong, options)).toThrow(new RangeError("Expected 3 numbers in one of shape [3], got 1."));
  });
});
