import { selectBackend } from "@mammo/backend";
import { toOnnx } from "@mammo/models/export";
import { expectNoLeak } from "@mammo/testing";
import { tidy } from "@tensorflow/tfjs-core";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { exportedGraphs, filled, unsettle } from "./exportedGraphs.ts";

beforeAll(() => selectBackend({ prefer: "wasm" }));

describe("every graph as ONNX: onnxruntime gives our outputs", () => {
  it.each(exportedGraphs)("$name", async ({ inputs: shapes, build }) => {
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
});
