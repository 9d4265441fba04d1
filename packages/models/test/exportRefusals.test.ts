import { selectBackend } from "@mammo/backend";
import { detectorNet, type Model } from "@mammo/models";
import { type GraphExport, toOnnx, toTfjs } from "@mammo/models/export";
import { expectNoLeak } from "@mammo/testing";
import {
  conv2d,
  cos,
  fused,
  image,
  matMul,
  maxPool,
  type NamedTensorMap,
  ones,
  type Rank,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => selectBackend({ prefer: "cpu" }));

const formats: readonly [string, (model: Model, options: GraphExport) => Promise<unknown>][] = [
  ["toOnnx", toOnnx],
  ["toTfjs", toTfjs],
];
const filter = () => ones<Rank.R4>([3, 3, 1, 2]);
const flat = ({ x }: NamedTensorMap) => reshape(x!, [8, 8]) as Tensor2D;
const map = ({ x }: NamedTensorMap) => x as Tensor4D;

/** What no graph of ours does, and a file would do otherwise if it were written as if it did. */
const refused: readonly [what: string, apply: (inputs: NamedTensorMap) => Tensor, message: RegExp][] = [
  ["an operation that no node is written for", (inputs) => cos(map(inputs)), /^Expected operations among .*Conv2D.*, got Cos\.$/],
  ["a dilated convolution", (inputs) => conv2d(map(inputs), filter(), 1, "valid", "NHWC", 2), /^Expected dilations of Conv2D to be 1, got 2\.$/],
  ["padding by numbers", (inputs) => conv2d(map(inputs), filter(), 1, 1), /^Expected pad of Conv2D to be same or valid, got 1\.$/],
  ["a pool padded by numbers", (inputs) => maxPool(map(inputs), 2, 2, 1), /^Expected pad of MaxPool to be same or valid, got 1\.$/],
  [
    "another activation",
    (inputs) => fused.conv2d({ x: map(inputs), filter: filter(), strides: 1, pad: "same", bias: ones([2]), activation: "elu" }),
    /^Expected activation of FusedConv2D to be linear or relu, got elu\.$/,
  ],
  [
    "a transposed product",
    (inputs) => matMul(flat(inputs), flat(inputs), false, true),
    /^Expected transposeB of BatchMatMul to be false, got true\.$/,
  ],
  [
    "corners that are aligned",
    (inputs) => image.resizeNearestNeighbor(map(inputs), [16, 16], true),
    /^Expected alignCorners of ResizeNearestNeighbor to be false, got true\.$/,
  ],
];

describe.each(formats)("%s refuses, and leaves no tensor:", (_, write) => {
  it.each(refused)("%s", async (_, apply, message) => {
    const model = detectorNet({ width: 1 / 32 });
    await expectNoLeak(async () => {
      const written = write(model, { inputs: { x: [1, 8, 8, 1] }, apply: (inputs) => ({ y: apply(inputs) }) });
      await expect(written).rejects.toMatchObject({ name: "ModelError", code: "not-exportable", message: expect.stringMatching(message) });
    });
    model.dispose();
  });
});

describe("toTfjs refuses", () => {
  const model = () => detectorNet({ width: 1 / 32 });
  const options = { inputs: { x: [1, 192, 192, 1] } };
  it.each<[string, (model: ReturnType<typeof detectorNet>) => Promise<unknown>, string]>([
    [
      "shards of no byte",
      (model) => toTfjs(model, { ...options, shardBytes: 0, apply: ({ x }) => ({ y: model.apply(x as Tensor4D) }) }),
      "Expected shards of at least 1 byte, got 0.",
    ],
    [
      "names that TensorFlow would read as something else",
      (model) => toTfjs(model, { ...options, apply: ({ x }) => ({ "y:0": model.apply(x as Tensor4D) }) }),
      'Expected names of letters, digits, _ . / > and -, got "y:0".',
    ],
    [
      "an output that has an input's name",
      (model) => toTfjs(model, { ...options, apply: ({ x }) => ({ x: model.apply(x as Tensor4D) }) }),
      "Expected each name once in a graph, got x twice.",
    ],
  ])("%s", async (_, write, message) => {
    await expectNoLeak(async () => {
      const one = model();
      await expect(write(one)).rejects.toThrow(new RangeError(message));
      one.dispose();
    });
  });
});
