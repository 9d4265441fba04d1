import { selectBackend } from "@mammo/backend";
import {
  asymMirai,
  caracNet,
  caracNetSymmetry,
  detectorNet,
  dreamNet,
  dreamNetSymmetry,
  loadWeights,
  type Model,
  ModelError,
  type Pair,
  retinaNet,
  saveWeights,
} from "@mammo/models";
import { toOnnx } from "@mammo/models/export";
import { expectNoLeak } from "@mammo/testing";
import { encodeTfjs } from "@mammo/weights";
import { add, cos, io, mul, type NamedTensorMap, type Tensor, type Tensor2D, type Tensor4D, tensor, tidy } from "@tensorflow/tfjs-core";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { noise } from "./noise.ts";

beforeAll(() => selectBackend({ prefer: "wasm" }));
const width = 1 / 32;

interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly build: () => Model & { readonly run: (inputs: NamedTensorMap) => NamedTensorMap };
}

const pairOf = (rows: number, columns: number) => ({ left: [2, rows, columns, 1], right: [2, rows, columns, 1], present: [2, 2] });
const image = ({ x }: NamedTensorMap) => x as Tensor4D;

const cases: readonly Case[] = [
  {
    name: "detectorNet",
    inputs: { x: [2, 224, 256, 1] },
    build: () => {
      const model = detectorNet({ width });
      return { ...model, run: (inputs) => ({ logits: model.apply(image(inputs)) }) };
    },
  },
  ...(["relu", "softmax", "linear"] as const).map(
    (heatmap): Case => ({
      name: `dreamNet, ${heatmap}`,
      inputs: { x: [2, 704, 448, 1] },
      build: () => {
        const model = dreamNet({ width, rows: 704, columns: 448, heatmap });
        return { ...model, run: (inputs) => ({ ...model.applyWithHeatmap(image(inputs)) }) };
      },
    }),
  ),
  {
    name: "retinaNet",
    inputs: { x: [2, 152, 136, 1] },
    build: () => {
      const model = retinaNet({ width });
      return { ...model, run: (inputs) => ({ ...model.apply(image(inputs)) }) };
    },
  },
  {
    name: "caracNet",
    inputs: { fine: [2, 224, 224, 1], context: [2, 224, 224, 1], geometry: [2, 8] },
    build: () => {
      const model = caracNet({ width });
      return {
        ...model,
        run: ({ fine, context, geometry }) => ({
          ...model.apply({ fine: fine as Tensor4D, context: context as Tensor4D, geometry: geometry as Tensor2D }),
        }),
      };
    },
  },
  {
    name: "caracNetSymmetry",
    inputs: pairOf(224, 224),
    build: () => {
      const model = caracNetSymmetry({ width });
      return { ...model, run: (inputs) => ({ logits: model.apply(inputs as unknown as Pair) }) };
    },
  },
  {
    name: "dreamNetSymmetry",
    inputs: pairOf(448, 512),
    build: () => {
      const model = dreamNetSymmetry({ width, rows: 448, columns: 512 });
      return { ...model, run: (inputs) => ({ ...model.applyWithHeatmaps(inputs as unknown as Pair) }) };
    },
  },
  {
    name: "asymMirai",
    inputs: pairOf(320, 448),
    build: () => {
      const model = asymMirai({ width, windows: 2 });
      return { ...model, run: (inputs) => ({ ...model.applyWithDifferences(inputs as unknown as Pair) }) };
    },
  },
];

/** Running statistics, scales and biases that are not those of a new model, which a wrong export might not read. */
function unsettle(model: Model): void {
  const moved = Object.entries({ ...model.params, ...model.buffers }).filter(([name]) => !name.endsWith("/kernel"));
  tidy(() => {
    const values = moved.map(([name, weight]): [string, Tensor] => [
      name,
      add(weight as Tensor, mul(noise<Tensor>(`moved/${name}`, weight.shape), 0.2)),
    ]);
    loadWeights(model, Object.fromEntries(values), { partial: true });
  });
}

const filled = (name: string, shape: readonly number[]): Tensor => (name === "present" ? tensor([1, 1, 0, 1], [2, 2]) : noise(name, [...shape]));

describe("every graph as ONNX: onnxruntime gives our outputs", () => {
  it.each(cases)("$name", async ({ inputs: shapes, build }) => {
    await expectNoLeak(async () => {
      const model = build();
      unsettle(model);
      const bytes = await toOnnx(model, { inputs: shapes, apply: model.run, metadata: { graph: "test" } });
      const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, filled(name, shape)]));
      const ours = tidy(() => model.run(inputs));
      const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
      const feeds = Object.entries(inputs).map(([name, one]) => [name, new OrtTensor("float32", one.dataSync() as Float32Array, one.shape)]);
      const theirs = await session.run(Object.fromEntries(feeds));
      expect(Object.keys(theirs).sort()).toEqual(Object.keys(ours).sort());
      for (const [name, expected] of Object.entries(ours)) {
        const [values, came] = [expected.dataSync() as Float32Array, theirs[name]!];
        expect([...came.dims]).toEqual(expected.shape);
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(largest, name).toBeGreaterThan(1e-3); // zeros would agree with anything
        const worst = values.reduce((most, value, at) => Math.max(most, Math.abs(value - Number(came.data[at]))), 0);
        expect(worst, name).toBeLessThan(1e-4 * Math.max(1, largest));
        expected.dispose();
      }
      await session.release();
      for (const one of Object.values(inputs)) one.dispose();
      model.dispose();
    });
  });

  it("refuses an operation that no node is written for, by name, and leaves nothing", async () => {
    const model = detectorNet({ width });
    await expectNoLeak(async () => {
      const exported = toOnnx(model, { inputs: { x: [1, 192, 192, 1] }, apply: ({ x }) => ({ y: cos(model.apply(x as Tensor4D)) }) });
      await expect(exported).rejects.toThrow(ModelError);
      await expect(exported).rejects.toMatchObject({
        code: "not-exportable",
        message: expect.stringMatching(/^Expected operations among .*Conv2D.*, got Cos\.$/),
      });
    });
    model.dispose();
  });
});

describe("weights as TensorFlow.js's shards", () => {
  it("its own reader gives them back, whatever the size of a shard", async () => {
    const model = detectorNet({ width });
    const weights = await saveWeights(model);
    for (const shardBytes of [1000, 4 << 20]) {
      const { "model.json": json, shards } = encodeTfjs(weights, { shardBytes, metadata: { graph: "detectorNet" } });
      const [{ paths, weights: specs }] = JSON.parse(json).weightsManifest;
      expect(paths).toEqual(Object.keys(shards));
      const read = io.decodeWeights(io.concatenateArrayBuffers(paths.map((path: string) => shards[path]!.buffer)), specs);
      expect(Object.keys(read).sort()).toEqual(Object.keys(weights).sort());
      for (const [name, { shape, data }] of Object.entries(weights)) {
        expect(read[name]!.shape).toEqual(shape);
        expect(read[name]!.dataSync()).toEqual(data);
        read[name]!.dispose();
      }
    }
    model.dispose();
  });
});
