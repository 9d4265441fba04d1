import { selectBackend } from "@mammo/backend";
import { detectorNet, loadWeights, saveWeights, WeightsError } from "@mammo/models";
import { expectNoLeak } from "@mammo/testing";
import { dispose, type NamedTensorMap, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { heUniform } from "../src/layers/heUniform.ts";
import { weightStore } from "../src/layers/weightStore.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));
const width = 1 / 32;

describe("initial weights", () => {
  it("are a pure function of seed and name, and differ between seeds", () => {
    const [a, b, c] = [detectorNet({ width, seed: 1 }), detectorNet({ width, seed: 1 }), detectorNet({ width, seed: 2 })];
    const kernel = (model: typeof a) => Array.from(model.params["conv7/kernel"]!.dataSync());
    expect(kernel(a)).toEqual(kernel(b));
    expect(kernel(a)).not.toEqual(kernel(c));
    for (const model of [a, b, c]) model.dispose();
  });

  it("have He's variance 2 / fan in and mean 0", () => {
    const values = heUniform([3, 3, 64, 64], { seed: 0, name: "k" });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(1e-3);
    expect(variance / (2 / (9 * 64))).toBeCloseTo(1, 1);
  });

  it("a name declared twice is a mistake in the graph", () => {
    const store = weightStore(0);
    store.param("a", [1], 0);
    expect(() => store.buffer("a", [1], 0)).toThrow("Expected each weight to be declared once, got a twice.");
    store.dispose();
  });
});

describe("loadWeights", () => {
  it("takes all that saveWeights gave, and leaves no tensor", async () => {
    await expectNoLeak(() => {
      const [from, to] = [detectorNet({ width, seed: 1 }), detectorNet({ width, seed: 2 })];
      const weights = saveWeights(from);
      loadWeights(to, weights);
      for (const [name, weight] of Object.entries({ ...to.params, ...to.buffers })) expect(weight.dataSync()).toEqual(weights[name]!.dataSync());
      dispose(weights);
      from.dispose();
      to.dispose();
    });
  });

  it("names every missing, unknown and misshapen weight, and then changes none", () => {
    const model = detectorNet({ width });
    const weights: NamedTensorMap = { ...saveWeights(detectorNet({ width, seed: 4 })), extra: zeros([1]), "conv9/bias": zeros([4]) };
    delete weights["conv8/mean"];
    const before = model.params["conv7/kernel"]!.dataSync().slice();
    let error: unknown;
    try {
      loadWeights(model, weights);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({ code: "weights-mismatch", missing: ["conv8/mean"], unknown: ["extra"], misshapen: ["conv9/bias"] });
    expect((error as Error).message).toContain("1 missing: conv8/mean. 1 unknown: extra. 1 misshapen: conv9/bias.");
    expect(model.params["conv7/kernel"]!.dataSync()).toEqual(before);
    model.dispose();
  });
});
