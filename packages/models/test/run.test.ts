import { selectBackend } from "@mammo/backend";
import { boxToSource, type Grid } from "@mammo/mammogram";
import {
  caracNet,
  caracNetSymmetry,
  characterizeLesions,
  classifyPair,
  classifyView,
  classifyViews,
  compareLesions,
  crop,
  detectLesions,
  dreamNet,
  dreamNetSymmetry,
  examineView,
  lesionGeometry,
  oppositePlace,
  retinaNet,
  toBatch,
  toTensor,
  viewFeatures,
} from "@mammo/models";
import { detections } from "@mammo/models/detection";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { tensor2d, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { flipBox, flipGrid } from "../src/run/flips.ts";
import { hashStream } from "./hashStream.ts";

beforeAll(() => selectBackend({ prefer: "wasm" }));
const width = 1 / 32;
const grid = (name: string, rows: number, columns: number): Grid => {
  const next = hashStream(name);
  return { pixels: Float32Array.from({ length: rows * columns }, () => next() / 2 ** 32), rows, columns };
};
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
const logit = (p: number) => Math.log(p / (1 - p));

describe("flips", () => {
  const image = { pixels: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, columns: 3 };
  it.each([
    { flip: "rows", pixels: [4, 5, 6, 1, 2, 3] },
    { flip: "columns", pixels: [3, 2, 1, 6, 5, 4] },
    { flip: "both", pixels: [6, 5, 4, 3, 2, 1] },
  ] as const)("$flip: pixels, and a box that stays on them", ({ flip, pixels }) => {
    expect([...flipGrid(image, flip).pixels]).toEqual(pixels);
    const box = { top: 0, left: 1, bottom: 1, right: 3 };
    const { top, left } = flipBox(box, flip, image);
    // The two pixels of the box, 2 and 3, lie in the flipped box.
    expect([pixels[top * 3 + left]!, pixels[top * 3 + left + 1]!].sort()).toEqual([2, 3]);
    expect(flipBox(flipBox(box, flip, image), flip, image)).toEqual(box);
  });

  it("classifyView's are the mean of the logits; an unknown one is refused", async () => {
    const model = dreamNet({ width, rows: 448, columns: 448, seed: 2 });
    await expectNoLeak(async () => {
      const view = grid("view", 448, 448);
      const all = await Promise.all([undefined, "rows", "columns", "both"].map((flip) => classifyView(model, flipGrid(view, flip as "rows"))));
      const mean = sigmoid(all.map(logit).reduce((a, b) => a + b, 0) / 4);
      expectClose(await classifyView(model, view, { flips: ["rows", "columns", "both"] }), mean, { absolute: 1e-5 });
      expect(Math.abs(all[0]! - mean)).toBeGreaterThan(1e-6);
      await expect(classifyViews(model, [view], { flips: ["left" as "rows"] })).rejects.toThrow(
        "Expected flips among rows, columns, both, each once, got left.",
      );
    });
    model.dispose();
  });
});

describe("classifyPair", () => {
  it("both, or the one that is there; none is refused", async () => {
    const model = dreamNetSymmetry({ width, rows: 448, columns: 448, seed: 4 });
    await expectNoLeak(async () => {
      const [left, right] = [grid("left", 448, 448), grid("right", 448, 448)];
      const both = await classifyPair(model, { left, right });
      const logits = tidy(() => model.apply({ left: toBatch([left]), right: toBatch([right]), present: tensor2d([[1, 1]]) }).dataSync());
      expectClose([both.left!, both.right!], [...logits].map(sigmoid), { absolute: 1e-6 });
      const turned = await classifyPair(model, { left: right, right: left }, { flips: ["rows"] });
      const again = await classifyPair(model, { left, right }, { flips: ["rows"] });
      expectClose([turned.left!, turned.right!], [again.right!, again.left!], { absolute: 1e-5 });
      const alone = await classifyPair(model, { right });
      const absent = tidy(() => {
        const shown = toTensor(left);
        return model.apply({ left: shown, right: shown, present: tensor2d([[1, 0]]) }).dataSync()[0]!;
      });
      const { left: leftAlone, ...rest } = await classifyPair(model, { left });
      expect(rest).toEqual({});
      expectClose(leftAlone!, 1 / (1 + Math.exp(-absent)), { absolute: 1e-6 });
      expect(Object.keys(alone)).toEqual(["right"]);
      await expect(classifyPair(model, {})).rejects.toThrow("Expected the view of at least one breast, got none.");
    });
    model.dispose();
  });

  it("from stored features says the same, with both breasts and with one", async () => {
    const model = dreamNetSymmetry({ width, rows: 448, columns: 448, seed: 4 });
    await expectNoLeak(() => {
      tidy(() => {
        const [left, right] = [toBatch([grid("left", 448, 448)]), toBatch([grid("right", 448, 448)])];
        for (const flags of [
          [1, 1],
          [1, 0],
          [0, 1],
        ]) {
          // biome-ignore format: one row
          const present = tensor2d([flags]);
          const features = { left: model.features(left), right: model.features(right), present };
          const there = flags.flatMap((flag, at) => (flag ? [at] : []));
          const [stored, whole] = [model.classify(features).dataSync(), model.apply({ left, right, present }).dataSync()];
          for (const at of there) expect(stored[at]).toBeCloseTo(whole[at]!, 5);
          expect(() => model.classify({ ...features, right: left })).toThrow(/^Expected left and right of one shape/);
        }
      });
    });
    model.dispose();
  });
});

describe("detectLesions", () => {
  const view = { ...grid("view", 160, 136), toSource: [4, 0, 100, 0, -4, 900] as const };

  it("is the graph, then detections; boxes also in the file's pixels; no tensor is left", async () => {
    const model = retinaNet({ width, prior: 0.4, seed: 3 });
    await expectNoLeak(async () => {
      const found = await detectLesions(model, view, { minScore: 0.3, most: 20 });
      expect(found.length).toBeGreaterThan(3);
      const raw = tidy(() => {
        const { logits, offsets } = model.apply(toBatch([view]));
        return { logits: logits.dataSync() as Float32Array, offsets: offsets.dataSync() as Float32Array };
      });
      const expected = detections({ ...raw, anchors: model.anchors(160, 136), classes: 4, rows: 160, columns: 136 }, { minScore: 0.3, most: 20 });
      expect(found.map(({ box, label, score }) => ({ box, label, score }))).toEqual(expected);
      for (const [at, { box, class: name, label, score, source }] of found.entries()) {
        expect(source).toEqual(boxToSource(box, view));
        expect(name).toBe(model.options.classes[label]);
        expect(Math.min(box.top, box.left, 160 - box.bottom, 136 - box.right)).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(found[at - 1]?.score ?? 1);
      }
    });
    model.dispose();
  });

  it("a flipped view gives the flipped boxes once all flips are looked at", async () => {
    const model = retinaNet({ width, prior: 0.4, seed: 3 });
    const options = { minScore: 0.3, most: 10, flips: ["rows"] } as const;
    const [plain, flipped] = [await detectLesions(model, view, options), await detectLesions(model, { ...flipGrid(view, "rows") }, options)];
    for (const [at, one] of plain.entries()) {
      expectClose(flipped[at]!.score, one.score, { absolute: 1e-5 });
      const back = flipBox(flipped[at]!.box, "rows", view);
      expectClose([back.top, back.left, back.bottom, back.right], [one.box.top, one.box.left, one.box.bottom, one.box.right], { absolute: 1e-2 });
    }
    model.dispose();
  });
});

describe("characterizeLesions", () => {
  const view = { ...grid("view", 400, 300), mmPerPixel: 0.25, toSource: [4, 0, 0, 0, 4, 0] as const };
  const lesions = [
    { box: { top: 100, left: 80, bottom: 140, right: 110 }, score: 0.7 },
    { box: { top: -10, left: 0, bottom: 60, right: 50 } },
    { box: { top: 300, left: 200, bottom: 330, right: 240 } },
  ];

  it("each lesion by its crops and geometry, in their order, however many go at once", async () => {
    const model = caracNet({ width, seed: 8 });
    await expectNoLeak(async () => {
      const found = await characterizeLesions(model, view, lesions, { side: 192, view: "CC" });
      expect(found.map(({ source }) => source)).toEqual(lesions.map(({ box }) => boxToSource(box, view)));
      const { box, score } = lesions[0]!;
      const around = (times: number) => crop(view, { center: [120, 95], rows: 192, columns: 192, scale: 192 / (40 * times) });
      const { malignancy, kind } = tidy(() => {
        const geometry = tensor2d([lesionGeometry({ box, rows: 400, columns: 300, mmPerPixel: 0.25, view: "CC", score })]);
        const out = model.apply({ fine: toBatch([around(1.25)]), context: toBatch([around(2.5)]), geometry });
        return { malignancy: out.malignancy.dataSync()[0]!, kind: Array.from(out.kind.dataSync()) };
      });
      expectClose(found[0]!.malignancy, sigmoid(malignancy), { absolute: 1e-5 });
      const total = kind.reduce((sum, one) => sum + Math.exp(one), 0);
      expectClose(
        Object.values(found[0]!.kinds),
        kind.map((one) => Math.exp(one) / total),
        { absolute: 1e-5 },
      );
      expect(Object.keys(found[0]!.kinds)).toEqual(["calcification", "mass", "distortion", "asymmetry"]);
      const many = await characterizeLesions(
        model,
        view,
        Array.from({ length: 18 }, () => lesions[1]!),
        { side: 192, view: "CC" },
      );
      for (const one of many) expectClose(one.malignancy, found[1]!.malignancy, { absolute: 1e-5 });
      expect(await characterizeLesions(model, view, [])).toEqual([]);
    });
    model.dispose();
  });

  it("fine crops come from a finer image of the same file where there is one", async () => {
    const model = caracNet({ width, seed: 8 });
    const fine = { ...grid("fine", 1600, 1200), toSource: [1, 0, 0, 0, 1, 0] as const };
    const [plain, finer] = [
      await characterizeLesions(model, view, lesions, { side: 192 }),
      await characterizeLesions(model, view, lesions, { side: 192, fine }),
    ];
    expect(Math.abs(plain[0]!.malignancy - finer[0]!.malignancy)).toBeGreaterThan(1e-6);
    const { toSource: _, ...lost } = view;
    await expect(characterizeLesions(model, lost, lesions, { fine })).rejects.toThrow(
      "Expected a view that knows its way back (toSource) beside a finer image",
    );
    model.dispose();
  });

  it("a box whose center lies outside the view is refused by its number", async () => {
    const model = caracNet({ width });
    const outside = { box: { top: 380, left: 0, bottom: 440, right: 50 } };
    await expect(characterizeLesions(model, view, [lesions[0]!, outside])).rejects.toMatchObject({
      code: "box-outside",
      message: "Expected lesion 1 with its center in the 400x300 view, got the center (410, 25).",
    });
    model.dispose();
  });
});

describe("compareLesions", () => {
  const own = { ...grid("own", 400, 300), nipple: [200, 250] as const };
  const other = { ...grid("other", 400, 300), nipple: [180, 260] as const };
  const lesions = [{ box: { top: 100, left: 80, bottom: 140, right: 110 } }];

  it("looks at the place that lies the same way from the other nipple", async () => {
    expect(oppositePlace([120, 95], own, other)).toEqual([100, 105]);
    const model = caracNetSymmetry({ width, seed: 8 });
    await expectNoLeak(async () => {
      const [found] = await compareLesions(model, { own, other }, lesions, { side: 192 });
      const at = (image: Grid, center: readonly [number, number]) => crop(image, { center, rows: 192, columns: 192, scale: 192 / 100 });
      const [expected] = tidy(() =>
        model.apply({ left: toBatch([at(own, [120, 95])]), right: toBatch([at(other, [100, 105])]), present: tensor2d([[1, 1]]) }).dataSync(),
      );
      expectClose(found!, sigmoid(expected!), { absolute: 1e-5 });
      const [alone] = await compareLesions(model, { own }, lesions, { side: 192, flips: ["columns"] });
      expect(alone! > 0 && alone! < 1).toBe(true);
      expect(await compareLesions(model, { own }, [])).toEqual([]);
    });
    model.dispose();
  });

  it("a view without its nipple is refused; without the other breast none is needed", async () => {
    const model = caracNetSymmetry({ width });
    const { nipple: _, ...lost } = other;
    await expect(compareLesions(model, { own, other: lost }, lesions)).rejects.toMatchObject({
      code: "no-nipple",
      message: "Expected the nipple of both views, got none of the other breast's.",
    });
    const { nipple: __, ...unknown } = own;
    await expect(compareLesions(model, { own: unknown, other }, lesions)).rejects.toMatchObject({ code: "no-nipple" });
    model.dispose();
  });
});

describe("viewFeatures", () => {
  it("gives examineView's logit, and mean and maximum of each channel over the cells; the heatmap is a line through these channels", async () => {
    const model = dreamNet({ width, rows: 448, columns: 576, seed: 4 });
    await expectNoLeak(async () => {
      const view = grid("view", 448, 576);
      const { logit, features } = await viewFeatures(model, view);
      const { logit: expected, heatmap } = await examineView(model, view);
      expectClose(logit, expected, { absolute: 1e-6 });
      const run = tidy(() => model.applyWithFeatures(toTensor(view)));
      const cells = (await run.features.data()) as Float32Array;
      const channels = 16;
      expect(run.features.shape).toEqual([1, heatmap.rows, heatmap.columns, channels]);
      expect(features).toHaveLength(2 * channels);
      for (let channel = 0; channel < channels; channel++) {
        const own = [...cells].filter((_, at) => at % channels === channel);
        expectClose(
          features[channel]!,
          own.reduce((sum, value) => sum + value / own.length, 0),
          { absolute: 1e-6 },
        );
        expect(features[channels + channel]).toBe(own.reduce((a, b) => Math.max(a, b)));
      }
      const [kernel, bias] = [model.params["conv9/kernel"]!, model.params["conv9/bias"]!];
      const [weights, offset] = [await kernel.data(), await bias.data()];
      const last = cells.length / channels - 1;
      const cellLogit = cells
        .slice(last * channels)
        .reduce((sum, value, channel) => sum + value * weights[channel * heatmap.classes.length]!, offset[0]!);
      expectClose(heatmap.logits[last * heatmap.classes.length]!, cellLogit, { absolute: 1e-5 });
      run.logit.dispose();
      run.features.dispose();
    });
    await expect(viewFeatures(model, grid("small", 448, 200))).rejects.toThrow(RangeError);
    model.dispose();
  });
});
