import { selectBackend } from "@mammo/backend";
import { detectorNet, fromDetector, importWeights, loadWeights, saveWeights } from "@mammo/models";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { type NamedArray, type NameRule, WeightsError } from "@mammo/weights";
import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { heUniform } from "../src/layers/heUniform.ts";
import { smallUniform } from "../src/layers/smallUniform.ts";
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

  it("of RetinaNet's last layers have the deviation 0.01 and mean 0", () => {
    const values = smallUniform([3, 3, 64, 64], { seed: 0, name: "k" });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    expect([values.length, Math.abs(mean) < 1e-3]).toEqual([3 * 3 * 64 * 64, true]);
    expectClose(deviation, 0.01, { relative: 0.01 });
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
    await expectNoLeak(async () => {
      const [from, to] = [detectorNet({ width, seed: 1 }), detectorNet({ width, seed: 2 })];
      const weights = await saveWeights(from);
      const { loaded } = loadWeights(to, weights);
      expect(loaded).toEqual(Object.keys(weights).sort());
      for (const [name, weight] of Object.entries({ ...to.params, ...to.buffers })) expect(weight.dataSync()).toEqual(weights[name]!.data);
      from.dispose();
      to.dispose();
    });
  });

  const faulty = async (): Promise<Record<string, NamedArray>> => {
    const from = detectorNet({ width, seed: 4 });
    const { "conv8/mean": _, ...weights } = await saveWeights(from);
    from.dispose();
    const shape = weights["conv8/offset"]!.shape;
    return {
      ...weights,
      extra: { shape: [1], data: new Float32Array(1) },
      "conv9/bias": { shape: [4], data: new Float32Array(4) },
      "conv8/offset": { shape, data: new Int32Array(shape[0]!) },
    };
  };

  it("names every weight that is missing, unexpected or of another shape or dtype, and then changes none", async () => {
    const model = detectorNet({ width });
    const before = model.params["conv7/kernel"]!.dataSync().slice();
    const weights = await faulty();
    let error: unknown;
    try {
      loadWeights(model, weights);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({
      code: "mismatch",
      comparison: { missing: ["conv8/mean"], unexpected: ["extra"], shapeMismatch: ["conv8/offset", "conv9/bias"] },
    });
    expect((error as Error).message).toContain("1 missing: conv8/mean. 2 of another shape: conv8/offset, conv9/bias. 1 unexpected: extra.");
    expect(model.params["conv7/kernel"]!.dataSync()).toEqual(before);
    model.dispose();
  });

  it("partially, takes what fits and says what does not", async () => {
    await expectNoLeak(async () => {
      const model = detectorNet({ width });
      const own = await saveWeights(model);
      const weights = await faulty();
      const { loaded, ...rest } = loadWeights(model, weights, { partial: true });
      expect(rest).toEqual({ missing: ["conv8/mean"], unexpected: ["extra"], shapeMismatch: ["conv8/offset", "conv9/bias"] });
      const after = await saveWeights(model);
      for (const name of Object.keys(own)) expect(after[name]).toEqual((loaded.includes(name) ? weights : own)[name]);
      model.dispose();
    });
  });

  /** Everything fits but for the last name; all before it would be assigned first. */
  const spoilt = async (change: (last: NamedArray) => NamedArray | Tensor) => {
    const from = detectorNet({ width, seed: 4 });
    const weights = await saveWeights(from);
    from.dispose();
    const last = Object.keys(weights).sort().at(-1)!;
    return { last, source: { ...weights, [last]: change(weights[last]!) } };
  };
  const cases: readonly (readonly [
    what: string,
    change: (last: NamedArray) => NamedArray | Tensor,
    error: (last: string, shape: string) => object,
  ])[] = [
    [
      "too few numbers",
      ({ shape, data }) => ({ shape, data: data.slice(1) }),
      (last, shape) => ({
        name: "WeightsError",
        code: "mismatch",
        message: expect.stringMatching(RegExp(`^Expected \\d+ numbers in ${last} of shape \\[${shape}\\], got \\d+\\.$`)),
      }),
    ],
    ...[Number.NaN, -Infinity].map(
      (value) =>
        [
          `${value}`,
          ({ shape, data }: NamedArray) => ({ shape, data: (data as Float32Array).with(1, value) }),
          (last: string) => ({
            name: "WeightsError",
            code: "not-finite",
            message: `Expected finite weights, got ${value} in ${last} at 1: did its training diverge?`,
          }),
        ] as const,
    ),
    [
      "a tensor that is disposed of",
      ({ shape }) => {
        const gone = zeros([...shape]);
        gone.dispose();
        return gone;
      },
      () => ({ message: "Tensor is disposed." }),
    ],
  ];
  it.each(cases)("%s in one array: no weight changes, with `partial` neither, and no tensor is left", async (_, change, error) => {
    await expectNoLeak(async () => {
      const { last, source } = await spoilt(change);
      const model = detectorNet({ width });
      const before = await saveWeights(model);
      for (const partial of [false, true])
        expect(() => loadWeights(model, source, { partial })).toThrow(expect.objectContaining(error(last, source[last]!.shape.join(", "))));
      expect(await saveWeights(model)).toEqual(before);
      model.dispose();
    });
  });

  it("importWeights refuses them alike", async () => {
    const model = detectorNet({ width });
    const before = await saveWeights(model);
    const bias = before["conv9/bias"]!;
    const names: readonly NameRule[] = [{ from: "theirs", to: "conv9/bias", add: 1 }];
    const load = (theirs: NamedArray) => () => importWeights(model, { theirs }, { names, partial: true });
    expect(load({ ...bias, data: bias.data.slice(1) })).toThrow(expect.objectContaining({ code: "mismatch" }));
    expect(load({ ...bias, data: new Float32Array(5).fill(Number.NaN) })).toThrow(expect.objectContaining({ code: "not-finite" }));
    expect(await saveWeights(model)).toEqual(before);
    expect(load({ ...bias, data: new Float32Array(5) })().loaded).toEqual(["conv9/bias"]);
    model.dispose();
  });

  it("a detector that is disposed of gives no DreamNet, and none is left behind", async () => {
    const detector = detectorNet({ width });
    detector.dispose();
    await expectNoLeak(() => expect(() => fromDetector(detector, { rows: 448, columns: 448 })).toThrow("Tensor is disposed."));
  });

  it("partially, does not look at the numbers of what does not fit", () => {
    const model = detectorNet({ width });
    const other = { shape: [1], data: Float32Array.of(Number.NaN) };
    expect(loadWeights(model, { other }, { partial: true }).unexpected).toEqual(["other"]);
    model.dispose();
  });
});
