// What a graph is where nothing is asked for, and the sizes at which it refuses a view.
import { selectBackend } from "@mammo/backend";
import {
  asymMiraiDefaults,
  detectorClasses,
  detectorNet,
  detectorNetDefaults,
  dreamNet,
  dreamNetDefaults,
  fromDetector,
  kindClasses,
  retinaNet,
  retinaNetDefaults,
  toTensor,
} from "@mammo/models";
import { expectClose } from "@mammo/testing";
import { type Tensor4D, tensor4d, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { afterWindow, cellCenter, cellsAlong, imageGeometry } from "../src/blocks/mapGeometry.ts";
import { scaledChannels } from "../src/layers/scaledChannels.ts";
import { toBatch } from "../src/run/toBatch.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));
const width = 1 / 32;

describe("defaults", () => {
  it("are the full width, seed 0, five classes, 1200 x 800 and ReLU", () => {
    expect(detectorNetDefaults).toEqual({ classes: detectorClasses, width: 1, seed: 0 });
    expect(dreamNetDefaults).toEqual({ classes: detectorClasses, width: 1, seed: 0, rows: 1200, columns: 800, heatmap: "relu" });
  });

  it("of RetinaNet: three sizes of 2.5 strides on, three ratios, and heads that begin at the anchor and at the prior", () => {
    const third = 2 ** (1 / 3);
    expect(retinaNetDefaults).toEqual({
      ...{ classes: kindClasses, width: 1, seed: 0, blocks: ["block3", "block4", "block5", "block6"], prior: 0.01 },
      ...{ anchorSizes: [2.5, 2.5 * third, 2.5 * third * third].map((size) => expect.closeTo(size, 12)), anchorRatios: [0.5, 1, 2] },
    });
    expect(asymMiraiDefaults).toEqual({ width: 1, windows: 5, seed: 0 });
    const model = retinaNet({ width });
    const bias = (head: string) => [...new Set(model.params[`${head}/output/bias`]!.dataSync())];
    expect(bias("boxHead")).toEqual([0]);
    expectClose(bias("classHead"), [Math.log(0.01 / 0.99)], { relative: 1e-6 });
    model.dispose();
  });

  it("stand where an option is left out, and the options say so", () => {
    const models = [detectorNet({ width }), dreamNet({ width }), dreamNet({ width, seed: 3, heatmap: "linear", rows: 448, columns: 600 })] as const;
    expect(models[0].options).toEqual({ ...detectorNetDefaults, width });
    expect(models[1].options).toEqual({ ...dreamNetDefaults, width });
    expect(models[2].options).toEqual({ ...dreamNetDefaults, width, seed: 3, heatmap: "linear", rows: 448, columns: 600 });
    for (const model of models) model.dispose();
  });

  it("of a seed are its weights: the same twice, others for another; fromDetector keeps the seed", () => {
    const kernels = [0, 0, 1].map((seed) => {
      const model = detectorNet({ width, seed });
      const values = Array.from(model.params["conv7/kernel"]!.dataSync());
      model.dispose();
      return values;
    });
    expect(kernels[0]).toEqual(kernels[1]);
    expect(kernels[0]).not.toEqual(kernels[2]);
    const detector = detectorNet({ width, seed: 5 });
    const { model } = fromDetector(detector, { rows: 448, columns: 448 });
    expect(model.options).toEqual({ ...dreamNetDefaults, width, seed: 5, rows: 448, columns: 448 });
    for (const one of [detector, model]) one.dispose();
  });

  it.each([
    [1024, 1, 1024],
    [32, 1 / 32, 1],
    [16, 1 / 32, 1],
    [8, 0.3, 2],
    [512, 0.125, 64],
  ])("%i channels at width %f are %i", (full, factor, expected) => {
    expect(scaledChannels(full, factor)).toBe(expected);
  });

  it.each([1.01, 0, -1, Number.NaN])("refuses the width %f", (bad) => {
    expect(() => detectorNet({ width: bad })).toThrow(`Expected width in (0, 1], got ${bad}.`);
  });
});

describe("sizes", () => {
  it("a view of 448 fits, one of 447 does not, along rows and along columns", () => {
    dreamNet({ width, rows: 448, columns: 448 }).dispose();
    expect(() => dreamNet({ width, rows: 447, columns: 600 })).toThrow(/got 447x600: its heatmap of 4x7 cells leaves 0x1 .* 448x600 would fit/);
    expect(() => dreamNet({ width, rows: 600, columns: 447 })).toThrow(/got 600x447: its heatmap of 7x4 cells leaves 1x0 .* 600x448 would fit/);
  });

  it("a view that pools to other rows, or to other columns, is refused", () => {
    const model = dreamNet({ width, rows: 448, columns: 448 });
    for (const shape of [
      [1, 768, 448, 1],
      [1, 448, 768, 1],
    ] as const)
      expect(() => model.apply(zeros([...shape]) as Tensor4D)).toThrow(/pools to 1x1 cells/);
    expect(() => model.heatmap(zeros([1, 191, 300, 1]) as Tensor4D)).toThrow("got 191x300; 192x300 would fit");
    expect(tidy(() => model.heatmap(zeros([1, 192, 256, 1]) as Tensor4D).shape)).toEqual([1, 1, 2, 5]);
    model.dispose();
  });

  it("a map's cells after each window, and along a side", () => {
    const pooled = afterWindow(afterWindow(imageGeometry, { size: 3, pad: "same" }), { size: 2, stride: 2, pad: "valid" });
    expect(pooled).toEqual({ stride: 2, offset: 1, cellSize: 2, receptiveField: 4 });
    expect(afterWindow(pooled, { size: 3, pad: "valid" })).toEqual({ stride: 2, offset: 3, cellSize: 6, receptiveField: 8 });
    expect([0, 1, 2, 3, 4].map((index) => cellCenter(index, pooled))).toEqual([1, 3, 5, 7, 9]);
    expect([0, 1, 2, 3, 4].map((pixels) => cellsAlong(pixels, pooled))).toEqual([0, 0, 1, 1, 2]);
    expect(() => afterWindow(imageGeometry, { size: 2, pad: "same" })).toThrow(
      'Expected "same" padding at stride 1 and an odd size, got stride 1 and size 2.',
    );
    expect(() => afterWindow(imageGeometry, { size: 3, stride: 2, pad: "same" })).toThrow("got stride 2 and size 3");
  });
});

describe("the head", () => {
  it("reads 5 x 5 cells at a time: a cell's place within them does not matter, and none behind the last whole pool", () => {
    const model = dreamNet({ width, rows: 448, columns: 448, heatmap: "linear" });
    const logitOf = (cells: Readonly<Record<number, number>>) =>
      tidy(() => {
        const values = new Float32Array(7 * 6 * 5).fill(-1);
        for (const [at, value] of Object.entries(cells)) values[Number(at) * 5 + 4] = value;
        return model.classify(tensor4d(values, [1, 7, 6, 5])).dataSync()[0]!;
      });
    const cell = (row: number, column: number) => row * 6 + column;
    const none = logitOf({});
    const lit = logitOf({ [cell(0, 0)]: 3 });
    expect(lit).not.toBe(none);
    expect(logitOf({ [cell(4, 4)]: 3 })).toBe(lit);
    expect(logitOf({ [cell(4, 5)]: 3 })).toBe(none);
    expect(logitOf({ [cell(5, 4)]: 3 })).toBe(none);
    model.dispose();
  });

  it("takes the heatmap as its activation leaves it", () => {
    const logits = (["relu", "softmax", "linear"] as const).map((heatmap) => {
      const model = dreamNet({ width, rows: 448, columns: 448, heatmap });
      const found = (shift: number, scale = 1) =>
        tidy(() => {
          const values = Float32Array.from({ length: 5 * 5 * 5 }, (_, i) => scale * (((i * 7919) % 13) - 20) + shift);
          return model.classify(tensor4d(values, [1, 5, 5, 5])).dataSync()[0]!;
        });
      const result = [found(0), found(5), found(0, 0)];
      model.dispose();
      return result;
    });
    const [relu, softmax, linear] = logits as [number[], number[], number[]];
    // All are below 0: nothing behind ReLU. A shift of all classes is nothing to the softmax.
    expect([relu[0], relu[1]]).toEqual([relu[2], relu[2]]);
    expectClose(softmax[0]!, softmax[1]!, { absolute: 1e-6 });
    expect(softmax[0]).not.toBe(softmax[2]);
    expect(linear[0]).not.toBe(linear[1]);
  });
});

describe("grids", () => {
  it("become a batch in their order, of one channel", () => {
    const grid = (value: number, rows = 2, columns = 3) => ({ pixels: new Float32Array(rows * columns).fill(value), rows, columns });
    const batch = toBatch([grid(1), grid(2)]);
    expect([batch.shape, Array.from(batch.dataSync())]).toEqual([[2, 2, 3, 1], [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]]); // biome-ignore format: one row
    const one = toTensor(grid(7));
    expect([one.shape, one.dataSync()[5]]).toEqual([[1, 2, 3, 1], 7]);
    expect(() => toBatch([])).toThrow("Expected at least one grid, got none.");
    for (const [other, size] of [
      [grid(2, 3, 2), "3x2 with 6"],
      [grid(2, 2, 4), "2x4 with 8"],
      [{ ...grid(2), pixels: new Float32Array(5) }, "2x3 with 5"],
    ] as const)
      expect(() => toBatch([grid(1), other])).toThrow(`Expected 2x3 pixels in each grid, got ${size} pixels at index 1.`);
    batch.dispose();
    one.dispose();
  });
});
