import { encodeOnnx, type OnnxGraph } from "@mammo/weights";
import { describe, expect, it } from "vitest";
import { encodeMessage } from "../src/onnx/protobuf.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("protocol buffers, byte for byte as the format's own documentation", () => {
  it("whole numbers, text, messages, floats", () => {
    expect(hex(encodeMessage([[1, 150]]))).toBe("089601");
    expect(hex(encodeMessage([[2, "testing"]]))).toBe("120774657374696e67");
    expect(hex(encodeMessage([[3, [[1, 150]]]]))).toBe("1a03089601");
    expect(hex(encodeMessage([[1, -2]]))).toBe("08feffffffffffffffff01");
    expect(hex(encodeMessage([[5, { float: 1.5 }]]))).toBe("2d0000c03f");
    expect(hex(encodeMessage([[16, 2n ** 40n]]))).toBe("8001808080808020");
  });
});

describe("encodeOnnx refuses what no runtime could read", () => {
  const graph: OnnxGraph = {
    nodes: [{ op: "Add", inputs: ["x", "one"], outputs: ["y"] }],
    constants: { one: { shape: [1], data: Float32Array.of(1) } },
    inputs: [{ name: "x", shape: [2] }],
    outputs: [{ name: "y", shape: [2] }],
  };
  it("and writes the whole one", () => expect(encodeOnnx(graph).length).toBeGreaterThan(60));

  it.each<[string, Partial<OnnxGraph>, string]>([
    [
      "a name from nowhere",
      { nodes: [{ op: "Relu", inputs: ["z"], outputs: ["y"] }] },
      "Expected nodes to read what stands before them, got Relu that reads z.",
    ],
    ["a name twice", { inputs: [{ name: "one", shape: [1] }] }, "Expected each name once in a graph, got one twice."],
    ["an output that nothing gives", { outputs: [{ name: "q", shape: [1] }] }, "Expected outputs that some node gives, got q."],
    [
      "a node that gives nothing",
      { nodes: [{ op: "Relu", inputs: ["x"], outputs: [] }] },
      "Expected nodes to give at least one value, got Relu that gives none.",
    ],
    ["a value without a name", { nodes: [{ op: "Add", inputs: ["x", ""], outputs: [""] }] }, 'Expected a name for each value of a graph, got "".'],
    ["numbers of another count", { constants: { one: { shape: [3], data: Float32Array.of(1) } } }, "Expected 3 numbers in one of shape [3], got 1."],
  ])("%s", (_, part, message) => expect(() => encodeOnnx({ ...graph, ...part })).toThrow(new RangeError(message)));
});
