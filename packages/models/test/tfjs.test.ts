import { selectBackend } from "@mammo/backend";
import { detectorNet, saveWeights } from "@mammo/models";
import { toTfjs } from "@mammo/models/export";
import { expectNoLeak } from "@mammo/testing";
import { encodeTfjs, type TfjsFiles } from "@mammo/weights";
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import { dispose, io, type NamedTensorMap, type Tensor4D, tensor1d, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { exportedGraphs, filled, unsettle } from "./exportedGraphs.ts";
import { noise } from "./noise.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

/** The files as a browser's loader would have fetched them. */
function load({ "model.json": json, shards }: TfjsFiles): Promise<GraphModel> {
  const whole = JSON.parse(json);
  const [{ paths, weights: weightSpecs }] = whole.weightsManifest;
  expect(paths).toEqual(Object.keys(shards));
  const weightData = io.concatenateArrayBuffers(paths.map((path: string) => shards[path]!.buffer));
  return loadGraphModel(io.fromMemory({ ...whole, weightSpecs, weightData }));
}

describe("every graph as a GraphModel: TensorFlow.js's own executor gives our outputs", () => {
  it.each(exportedGraphs)(
    "$name",
    async ({ inputs: shapes, build }) => {
      await expectNoLeak(async () => {
        const model = build();
        unsettle(model);
        const loaded = await load(await toTfjs(model, { inputs: shapes, apply: model.run, metadata: { graph: "test" }, shardBytes: 10_000 }));
        const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, filled(name, shape)]));
        const ours = tidy(() => model.run(inputs));
        expect(loaded.inputs.map(({ name, shape }) => [name, shape])).toEqual(Object.entries(shapes));
        const theirs = loaded.predict(inputs) as NamedTensorMap;
        expect(Object.keys(theirs).sort()).toEqual(Object.keys(ours).sort());
        for (const [name, expected] of Object.entries(ours)) {
          const values = expected.dataSync() as Float32Array;
          expect(theirs[name]!.shape).toEqual(expected.shape);
          const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          expect(largest, name).toBeGreaterThan(1e-3); // zeros would agree with anything
          // The very kernels on the very numbers, bias and ReLU inside the convolution as here: not a bit may differ.
          expect(theirs[name]!.dataSync(), name).toEqual(values);
        }
        dispose([ours, theirs, inputs]);
        loaded.dispose();
        model.dispose();
      });
    },
    120_000,
  );

  it("a float attribute is read as what it is, whole or not", async () => {
    const one = async (alpha: number) => {
      const x = { name: "x", shape: [2] };
      const nodes = [{ op: "LeakyRelu", inputs: ["x"], outputs: ["y"], attributes: { alpha: { float: alpha } } }];
      const loaded = await load(encodeTfjs({}, { graph: { nodes, inputs: [x], outputs: [{ name: "y", shape: [2] }] } }));
      const values = tidy(() => Array.from((loaded.predict({ x: tensor1d([-2, 3]) }) as NamedTensorMap)["y"]!.dataSync()));
      loaded.dispose();
      return values;
    };
    expect(await one(0.25)).toEqual([-0.5, 3]);
    expect(await one(1)).toEqual([-2, 3]);
  });

  it("says in its signature what it takes, and its reader refuses another size", async () => {
    await expectNoLeak(async () => {
      const model = detectorNet({ width: 1 / 32 });
      const files = await toTfjs(model, {
        inputs: { x: [1, 192, 192, 1] },
        apply: ({ x }) => ({ logits: model.apply(x as Tensor4D) }),
        metadata: { graph: "detector" },
      });
      const { format, signature, userDefinedMetadata } = JSON.parse(files["model.json"]);
      const port = (name: string, ...sides: readonly number[]) => ({
        name: `${name}:0`,
        dtype: "DT_FLOAT",
        tensorShape: { dim: sides.map((side) => ({ size: String(side) })) },
      });
      expect({ format, signature, userDefinedMetadata }).toEqual({
        format: "graph-model",
        signature: { inputs: { x: port("x", 1, 192, 192, 1) }, outputs: { logits: port("logits", 1, 1, 1, 5) } },
        userDefinedMetadata: { graph: "detector", structuredOutputKeys: ["logits"] },
      });
      const loaded = await load(files);
      const larger = noise<Tensor4D>("larger", [1, 256, 256, 1]);
      expect(() => loaded.predict({ x: larger })).toThrow("must be [1,192,192,1]");
      larger.dispose();
      loaded.dispose();
      model.dispose();
    });
  });
});

describe("weights as TensorFlow.js's shards", () => {
  it("its own reader gives them back, whatever the size of a shard", async () => {
    const model = detectorNet({ width: 1 / 32 });
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
