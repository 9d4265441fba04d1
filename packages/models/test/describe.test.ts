import { selectBackend } from "@mammo/backend";
import { detectorNet, dreamNet, type Model, retinaNet } from "@mammo/models";
import { describeGraph } from "@mammo/models/export";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { conv2d, engine, matMul, type Tensor, type Tensor4D, tidy, variable, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => selectBackend({ prefer: "wasm" }));

describe("describeGraph", () => {
  it("DetectorNet at the full width and 1200x800: 11.1 M parameters, 115 GFLOP, a field of 444 px at the logits", async () => {
    await expectNoLeak(() => {
      const model = detectorNet();
      const { layers, parameters, gflop } = describeGraph(model, {
        inputs: { x: [1, 1200, 800, 1] },
        apply: ({ x }) => ({ logits: model.apply(x as Tensor4D) }),
      });
      expectClose(parameters / 1e6, 11.1, { absolute: 0.05 });
      expectClose(gflop, 115, { absolute: 0.5 });
      expect(layers.filter(({ operation }) => operation === "FusedConv2D").map(({ name }) => name)).toEqual([
        ...[1, 2, 3, 4, 5, 6].flatMap((block) => [`block${block}/conv1`, `block${block}/conv2`]),
        ...["conv7", "conv8", "conv9"],
      ]);
      const channels = [32, 32, 64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 1024, 512, 5];
      expect(layers.filter(({ operation }) => operation === "FusedConv2D").map(({ shape }) => shape[3])).toEqual(channels);
      expect(layers.at(-1)).toMatchObject({ name: "conv9", shape: [1, 16, 10, 5], receptiveField: model.geometry.receptiveField });
      // Each parameter is counted once.
      expect(layers.reduce((total, one) => total + one.parameters, 0)).toBe(parameters);
      model.dispose();
    });
  });

  it("DreamNet's logit sees all of the view; RetinaNet's pyramid counts an upsampled level once", () => {
    const dream = dreamNet({ width: 1 / 32, rows: 448, columns: 448 });
    const table = describeGraph(dream, { inputs: { x: [1, 448, 448, 1] }, apply: ({ x }) => ({ logit: dream.apply(x as Tensor4D) }) });
    expect(table.layers.at(-1)).toMatchObject({ operation: "Add", shape: [1, 1], receptiveField: Number.POSITIVE_INFINITY });
    const retina = retinaNet({ width: 1 / 32 });
    const { layers, parameters } = describeGraph(retina, { inputs: { x: [1, 160, 128, 1] }, apply: ({ x }) => ({ ...retina.apply(x as Tensor4D) }) });
    expect(layers.reduce((total, one) => total + one.parameters, 0)).toBe(parameters);
    expect(layers.find(({ name }) => name === "pyramid/block3/lateral")).toMatchObject({ shape: [1, 20, 16, 8] });
    for (const model of [dream, retina]) model.dispose();
  });

  it("counts two operations for each product of a dense layer and of a convolution", () => {
    tidy(() => {
      const [dense, kernel] = [variable(zeros([3, 5])), variable(zeros([3, 2, 4, 6]) as Tensor4D)];
      const model = { params: { dense, kernel }, buffers: {} } as unknown as Model;
      const flop = (shape: number[], apply: (x: Tensor) => Tensor) =>
        describeGraph(model, { inputs: { x: shape }, apply: ({ x }) => ({ y: apply(x!) }) }).gflop * 1e9;
      expectClose(
        flop([2, 3], (x) => matMul(x, dense as Tensor)),
        2 * 2 * 3 * 5,
        { relative: 1e-12 },
      );
      // [1, 5, 7, 4] -> [1, 3, 6, 6], each from 3 x 2 x 4 numbers.
      expectClose(
        flop([1, 5, 7, 4], (x) => conv2d(x as Tensor4D, kernel, 1, "valid")),
        2 * (3 * 6 * 6) * (3 * 2 * 4),
        { relative: 1e-12 },
      );
      for (const one of [dense, kernel]) one.dispose();
    });
  });

  it("puts the engine's door back, also where the graph refuses its input", () => {
    const before = engine().runKernel;
    const model = detectorNet({ width: 1 / 32 });
    expect(() => describeGraph(model, { inputs: { x: [1, 100, 100, 1] }, apply: ({ x }) => ({ logits: model.apply(x as Tensor4D) }) })).toThrow(
      "at least 192x192",
    );
    expect(engine().runKernel).toBe(before);
    model.dispose();
  });
});
