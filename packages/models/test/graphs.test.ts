import { selectBackend } from "@mammo/backend";
import type { Grid } from "@mammo/mammogram";
import { classifyView, classifyViews, type DetectorNet, detectorNet, dreamNet, examineView, fromDetector, parameterCount } from "@mammo/models";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { dispose, mean, type Scalar, square, type Tensor4D, tidy, variableGrads, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { noise } from "./noise.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

/** One to sixteen channels: as many layers as the real thing, quick on plain JavaScript. */
const width = 1 / 32;

const grid = (name: string, rows: number, columns: number): Grid => {
  const pixels = tidy(() => noise(name, [rows * columns]).dataSync() as Float32Array);
  return { pixels, rows, columns };
};

describe("sizes of the table", () => {
  it.each([
    { width: 1, millions: 11.1 },
    { width: 0.5, millions: 2.8 },
    { width: 0.25, millions: 0.7 },
    { width: 0.125, millions: 0.18 },
  ])("DreamNet at width $width has $millions M parameters", ({ width, millions }) => {
    const model = dreamNet({ width });
    expect(parameterCount(model) / 1e6).toBeCloseTo(millions, millions < 1 ? 2 : 1);
    model.dispose();
  });

  it("DreamNet 1200x800: heatmap 16x10x5, one logit; 1152x896 fits the same graph", () => {
    const model = dreamNet({ width });
    tidy(() => {
      const { logit, heatmap } = model.applyWithHeatmap(zeros([1, 1200, 800, 1]) as Tensor4D);
      expect([heatmap.shape, logit.shape]).toEqual([
        [1, 16, 10, 5],
        [1, 1],
      ]);
      expect(model.apply(zeros([1, 1152, 896, 1]) as Tensor4D).shape).toEqual([1, 1]);
    });
    expect(model.params["head/conv1/kernel"]!.shape.slice(0, 3)).toEqual([3, 2, 5]);
    expect(model.params["head/shortcut/kernel"]!.shape).toEqual([30, 1]);
    model.dispose();
  });

  it.each([192, 224, 255])("a patch of %i px has one cell", (side) => {
    const model = detectorNet({ width });
    expect(tidy(() => model.apply(zeros([1, side, side, 1]) as Tensor4D).shape)).toEqual([1, 1, 1, 5]);
    model.dispose();
  });

  it("the width scales every channel count of the trunk, and the head's with headWidth", () => {
    const model = dreamNet({ width: 0.25, headWidth: 1 });
    const filters = (name: string) => model.params[`${name}/kernel`]!.shape[3];
    expect(["block1/conv1", "block6/conv2", "conv7", "conv8", "conv9", "head/conv1", "head/conv2", "head/conv3"].map(filters)).toEqual([
      8, 128, 256, 128, 5, 16, 8, 1,
    ]);
    model.dispose();
  });
});

describe("inputs that do not fit are refused with one that would", () => {
  it("600x400, whose heatmap pools to 1x0, when the graph is built", () => {
    expect(() => dreamNet({ width, rows: 600, columns: 400 })).toThrow(/at least 448x448.*got 600x400.*7x4 cells leaves 1x0.*600x448 would fit/);
  });

  it("a view that pools to another size than the graph's, when it is applied", () => {
    const model = dreamNet({ width });
    expect(() => tidy(() => model.apply(zeros([1, 600, 448, 1]) as Tensor4D))).toThrow(/pools to 3x2 cells.*got 600x448, which pools to 1x1/);
    model.dispose();
  });

  it("a patch under 192 px; a width outside (0, 1]", () => {
    const model = detectorNet({ width });
    expect(() => model.apply(zeros([1, 224, 191, 1]) as Tensor4D)).toThrow(/at least 192x192.*got 224x191; 224x192 would fit/);
    model.dispose();
    expect(() => detectorNet({ width: 0 })).toThrow("Expected width in (0, 1], got 0.");
  });
});

describe("fromDetector", () => {
  let detector: DetectorNet;
  beforeAll(() => {
    detector = detectorNet({ width, seed: 9 });
    // One training pass, so that the running statistics are not the first ones.
    tidy(() => detector.apply(noise<Tensor4D>("patches", [2, 256, 256, 1]), { training: true }));
  });

  it("the heatmap on a 224 patch equals the detector's logits, to the bit", () => {
    const { model } = fromDetector(detector, { seed: 1 });
    tidy(() => {
      const patch = noise<Tensor4D>("patch", [2, 224, 224, 1]);
      expect(model.heatmap(patch).dataSync()).toEqual(detector.apply(patch).dataSync());
    });
    model.dispose();
  });

  it("reports what was loaded: layers 1–9, all of them; the head is missing there", () => {
    const { model, comparison } = fromDetector(detector);
    expect(comparison.loaded).toEqual(Object.keys({ ...detector.params, ...detector.buffers }).sort());
    expect(comparison.missing).toEqual(
      Object.keys({ ...model.params, ...model.buffers })
        .filter((name) => name.startsWith("head/"))
        .sort(),
    );
    expect([comparison.shapeMismatch, comparison.unexpected]).toEqual([[], []]);
    model.dispose();
  });

  it("leaves the detector apart: its weights do not move with the model's", () => {
    const { model } = fromDetector(detector);
    const before = detector.params["conv9/kernel"]!.dataSync().slice();
    tidy(() => model.params["conv9/kernel"]!.assign(zeros(model.params["conv9/kernel"]!.shape)));
    expect(detector.params["conv9/kernel"]!.dataSync()).toEqual(before);
    model.dispose();
  });
});

describe("batch norm's two modes", () => {
  const moved = (model: DetectorNet, before: Record<string, ArrayLike<number>>) =>
    Object.keys(model.buffers).filter((name) => model.buffers[name]!.dataSync().some((value, index) => value !== before[name]![index]));

  it("frozen layers keep their statistics and use them; training ones move", () => {
    const model = detectorNet({ width });
    const before = Object.fromEntries(Object.entries(model.buffers).map(([name, buffer]) => [name, buffer.dataSync().slice()]));
    const x = noise<Tensor4D>("x", [2, 224, 224, 1]);
    tidy(() => model.apply(x));
    expect(moved(model, before)).toEqual([]);
    tidy(() => model.apply(x, { training: (name) => name.startsWith("conv8/") }));
    expect(moved(model, before).sort()).toEqual(["conv8/mean", "conv8/variance"]);
    tidy(() => model.apply(x, { training: true }));
    expect(moved(model, before)).toHaveLength(Object.keys(model.buffers).length);
    x.dispose();
    model.dispose();
  });

  it("a frozen trunk takes no gradient and gives what it gives in inference", () => {
    const model = dreamNet({ width, rows: 448, columns: 448 });
    const head = Object.entries(model.params).filter(([name]) => name.startsWith("head/"));
    const x = noise<Tensor4D>("x", [2, 448, 448, 1]);
    const training = (name: string) => name.startsWith("head/");
    tidy(() => {
      const { grads } = variableGrads(() => mean<Scalar>(square(model.apply(x, { training }))), Object.values(model.params));
      expect(Object.keys(grads).sort()).toEqual(head.map(([, param]) => param.name).sort());
      expect(model.heatmap(x, { training }).dataSync()).toEqual(model.heatmap(x).dataSync());
    });
    x.dispose();
    model.dispose();
  });
});

describe("tensors", () => {
  it("none is left by building, applying, training, copying or disposing", async () => {
    const patches = noise<Tensor4D>("patches", [2, 192, 192, 1]);
    const trainOnce = (detector: DetectorNet) => {
      const { value, grads } = variableGrads(() => mean<Scalar>(square(detector.apply(patches, { training: true }))), Object.values(detector.params));
      dispose([value, ...Object.values(grads)]);
    };
    await expectNoLeak(async () => {
      const detector = detectorNet({ width });
      await expectNoLeak(() => trainOnce(detector));
      const { model } = fromDetector(detector, { rows: 448, columns: 448 });
      await expectNoLeak(async () => {
        const x = noise<Tensor4D>("x", [1, 448, 448, 1]);
        const { logit, heatmap } = model.applyWithHeatmap(x);
        dispose([x, logit, heatmap, model.apply(x), model.heatmap(patches), model.classify(heatmap)]);
        await classifyView(model, grid("view", 448, 448));
        await examineView(model, grid("view", 448, 448));
      });
      expect(() => model.apply(patches)).toThrow(RangeError);
      detector.dispose();
      model.dispose();
    });
    patches.dispose();
  });
});

describe("classifyView", () => {
  it("one view and a batch of views agree; examineView's logit is its log odds", async () => {
    const model = dreamNet({ width, rows: 448, columns: 448, seed: 6 });
    const views = [grid("one", 448, 448), grid("two", 448, 448)];
    const single = await Promise.all(views.map((view) => classifyView(model, view)));
    expectClose(await classifyViews(model, views), single, { absolute: 1e-6 });
    const { logit } = await examineView(model, views[0]!);
    expectClose(1 / (1 + Math.exp(-logit)), single[0]!, { absolute: 1e-6 });
    expect(await classifyViews(model, [])).toEqual([]);
    model.dispose();
  });

  it("refuses pixels that are not rows x columns", async () => {
    const model = dreamNet({ width, rows: 448, columns: 448 });
    await expect(classifyView(model, { pixels: new Float32Array(5), rows: 448, columns: 448 })).rejects.toThrow(/448x448.*5 pixels at index 0/);
    model.dispose();
  });
});
