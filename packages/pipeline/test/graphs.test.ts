import { selectBackend } from "@mammo/backend";
import { boxCenter, lesionKinds } from "@mammo/mammogram";
import { dreamNetSymmetry, kindClasses, type LesionCrops, type Pair, retinaNet } from "@mammo/models";
import { decodeBoxes } from "@mammo/models/detection";
import { expectNoLeak } from "@mammo/testing";
import { pairBreasts } from "@mammo/train";
import { add, concat, dispose, max, mul, reshape, slice, sub, type Tensor, type Tensor2D, type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { graphsConfig } from "../src/recipes/graphs/graphsConfig.ts";
import { lesionBatches, oppositeBatches } from "../src/recipes/graphs/lesionBatches.ts";
import { pairBatches, pairFeatureBatches } from "../src/recipes/graphs/pairBatches.ts";
import { byExam, frocSummary, pairedAreas, scoreBreasts, scoreLesions } from "../src/recipes/graphs/testGraphs.ts";
import { windowBatches } from "../src/recipes/graphs/windowBatches.ts";
import { film } from "./film.ts";

beforeAll(async () => {
  await selectBackend();
});

/** Reads a batch and disposes of it. */
async function numbersOf<B extends Readonly<Record<string, Tensor>>>(batch: B) {
  const read = await Promise.all(
    Object.entries(batch).map(async ([name, one]) => [name, { shape: one.shape, data: (await one.data()).slice() }] as const),
  );
  dispose(batch);
  return Object.fromEntries(read) as unknown as { readonly [Name in keyof B]: { readonly shape: number[]; readonly data: Float32Array } };
}

describe("windowBatches", () => {
  it("boxes follow the pixels; each kind comes as often; a step is the same again", async () => {
    const model = retinaNet({ width: 1 / 32 });
    const views = lesionKinds.map((kind, at) =>
      film(kind, at % 2 ? 1 : 0, { kind, box: { top: 200, left: 150, bottom: 240 + 10 * at, right: 190 } }),
    );
    const [side, anchors] = [256, model.anchors(256, 256)];
    const perItem = anchors.length / 4;
    await expectNoLeak(async () => {
      const batch = windowBatches(model, views, { seed: 3, size: 12 });
      for (let step = 0; step < 2; step++) {
        const { pixels, matched, offsets, classes } = await numbersOf(await batch(step));
        expect(pixels.shape).toEqual([12, side, side, 1]);
        for (let item = 0; item < 12; item++) {
          const own = pixels.data.subarray(item * side * side, (item + 1) * side * side);
          const bright = [...own.keys()].filter((at) => own[at]! > 0.46);
          const anchor = matched.data.subarray(item * perItem, (item + 1) * perItem).indexOf(1);
          // Two of each kind, then four places without, near which a lesion may lie all the same.
          if (item >= 8) continue;
          expect([anchor >= 0, bright.length > 0]).toEqual([true, true]);
          const at = item * perItem + anchor;
          expect([0, 1, 2, 3].filter((one) => classes.data[at * 4 + one] === 1)).toEqual([item >> 1]);
          const [top, left, bottom, right] = decodeBoxes(anchors.subarray(4 * anchor, 4 * anchor + 4), offsets.data.subarray(4 * at, 4 * at + 4));
          const [rows, columns] = [bright.map((one) => Math.floor(one / side)), bright.map((one) => one % side)];
          // Edges are interpolated, and the fainter ones end half a pixel earlier.
          const edges = [Math.min(...rows), Math.min(...columns), Math.max(...rows) + 1, Math.max(...columns) + 1];
          for (const [index, edge] of [top!, left!, bottom!, right!].entries()) expect(Math.abs(edge - edges[index]!)).toBeLessThan(2);
        }
      }
      // Every other place without a lesion is a mined one, some pixels off: here the corner of one view.
      const mined = [{ view: 2, center: [20, 20] as const, score: 1 }];
      const { pixels } = await numbersOf(await batch(0, mined));
      const black = (item: number) => pixels.data.subarray(item * side * side, (item + 1) * side * side).filter((value) => value === 0).length;
      // Outside of the view is 0: more than a quarter of what lies about its corner.
      for (const item of [9, 11]) expect(black(item)).toBeGreaterThan(0.25 * side * side);
      for (const item of [0, 1, 2, 3, 4, 5, 6, 7]) expect(black(item)).toBeLessThan(0.5 * side * side);
      const [one, again] = [await numbersOf(await batch(1)), await numbersOf(await batch(1))];
      for (const [name, { data }] of Object.entries(one))
        expect(Buffer.from(data.buffer).equals(Buffer.from(again[name as keyof typeof again].data.buffer)), name).toBe(true);
    });
    model.dispose();
  });
});

describe("crops of lesions", () => {
  const [left, right] = [
    film("a", 1, { box: { top: 230, left: 180, bottom: 290, right: 240 } }),
    film("a", 0, { box: { top: 230, left: 180, bottom: 290, right: 240 } }, { laterality: "R" }),
  ];
  const alone = film("b", 0, { kind: "asymmetry" });

  it("are half malignant, with kinds and geometry", async () => {
    await expectNoLeak(async () => {
      const batch = await numbersOf(await lesionBatches([left, right, alone], { seed: 2, size: 8, classes: kindClasses })(5));
      expect([...batch.labels.data]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
      // Benign ones: the mass and the asymmetry in turn.
      expect([...batch.kinds.data].filter((_, at) => at % 2 === 0).sort()).toEqual([1, 1, 3, 3]);
      expect([batch.fine.shape, batch.context.shape, batch.geometry.shape]).toEqual([
        [8, 224, 224, 1],
        [8, 224, 224, 1],
        [8, 8],
      ]);
      // The lesion fills the fine crop's middle, and less of the context crop.
      const bright = ({ data }: { data: Float32Array }, item: number) =>
        data.subarray(item * 224 * 224, (item + 1) * 224 * 224).filter((one) => one > 0.5).length / 224 ** 2;
      for (const item of [1, 3, 5, 7]) expect(bright(batch.fine, item)).toBeGreaterThan(3 * bright(batch.context, item));
      for (const item of [1, 3]) expect(batch.fine.data[(item * 224 + 112) * 224 + 112]).toBeGreaterThan(0.9);
    });
  });

  it("and of the same place of the other breast, or none", async () => {
    await expectNoLeak(async () => {
      const batch = await numbersOf(await oppositeBatches([left, right, alone], { seed: 2, size: 4 })(1));
      const middle = ({ data }: { data: Float32Array }, item: number) => data[(item * 224 + 112) * 224 + 112]!;
      expect([...batch.labels.data]).toEqual([0, 1, 0, 1]);
      for (const item of [1, 3]) {
        expect(middle(batch.left, item)).toBeCloseTo(60_000 / 65535, 3);
        expect(middle(batch.right, item)).toBeCloseTo(40_000 / 65535, 3);
        expect([...batch.present.data.subarray(2 * item, 2 * item + 2)]).toEqual([1, 1]);
      }
      const flags = [0, 2].map((item) => [...batch.present.data.subarray(2 * item, 2 * item + 2)].join()).sort();
      expect(flags).toEqual(["1,0", "1,1"]);
    });
  });

  it("without benign ones there is nothing to learn", () => {
    expect(() => oppositeBatches([left], { seed: 1, size: 4 })).toThrow("Expected benign and malignant lesions, got none of one of the two.");
  });
});

describe("pairs", () => {
  const views = [film("a", 1), film("a", 0, {}, { laterality: "R" }), film("b", 0), film("c", 0), film("c", 0, {}, { laterality: "R", view: "MLO" })];

  it("are of one woman and one projection; labels and flags follow", async () => {
    const pairs = pairBreasts(views);
    expect(pairs.map(({ patientId, left, right }) => [patientId, left?.view, right?.view])).toEqual([
      ["a", "CC", "CC"],
      ["b", "CC", undefined],
      ["c", "CC", undefined],
      ["c", undefined, "MLO"],
    ]);
    await expectNoLeak(async () => {
      const { labels, present, left, right } = await numbersOf(await pairBatches(pairs, { seed: 1, size: 4 })(0));
      // Negatives first, as the sampler gives them.
      expect([...labels.data]).toEqual([0, 0, 0, 0, 1, 0, 1, 0]);
      expect([...present.data.subarray(4)]).toEqual([1, 1, 1, 1]);
      expect(present.data[0]! + present.data[1]!).toBe(1);
      expect(left.shape).toEqual(right.shape);
    });
  });

  it("as features are what the trunk gives", async () => {
    const model = dreamNetSymmetry({ width: 1 / 32, rows: 576, columns: 512, seed: 2 });
    await expectNoLeak(async () => {
      const options = { seed: 1, size: 2 };
      const [shown, stored] = [await pairBatches(pairBreasts(views), options)(3), await pairFeatureBatches(model, pairBreasts(views), options)(3)];
      const [whole, fromFeatures] = [model.apply(shown), model.classify(stored)];
      const [a, b] = [await whole.data(), await fromFeatures.data()];
      for (const at of [2, 3]) expect(a[at]).toBeCloseTo(b[at]!, 5);
      dispose([whole, fromFeatures, shown, stored] as never);
    });
    model.dispose();
  });
});

describe("what is measured", () => {
  it("sensitivity at false marks an image, by hand; kinds at one score over all", () => {
    const box = { top: 230, left: 180, bottom: 290, right: 240 };
    const mark = (score: number, hit: boolean) => ({ box: hit ? box : { top: 0, left: 0, bottom: 10, right: 10 }, score, label: 0, class: "mass" });
    const marked = [
      { view: film("a", 1), found: [mark(0.9, true), mark(0.5, false)] },
      { view: film("b", 0, { kind: "calcification" }), found: [mark(0.4, true), mark(0.3, false)] },
      { view: film("c", 0), found: [mark(0.2, false)] },
      { view: film("d", 0), found: [mark(0.1, true)] },
    ];
    expect(boxCenter(box)).toEqual([260, 210]);
    const { images, lesions, sensitivity, byKind } = frocSummary(marked, { seed: 1 });
    expect([images, lesions]).toEqual([4, 4]);
    // At most 0.1 false marks an image: none; 0.25: one, and so on.
    expect(sensitivity.map(({ estimate }) => estimate)).toEqual([0.25, 0.5, 0.5, 0.75]);
    expect([byKind.mass?.estimate, byKind.mass?.lesions, byKind.calcification?.estimate]).toEqual([1 / 3, 3, 1]);
    expect(byKind.distortion).toBeUndefined();
  });

  it("an exam is as suspicious as its most suspicious part; areas are paired; one class has none", () => {
    const score = (patientId: string, label: number, plain: number, symmetry: number, alone = plain) => ({
      patientId,
      label,
      plain,
      symmetry,
      alone,
    });
    const scores = [score("a", 0, 0.1, 0.3), score("a", 1, 0.4, 0.2), score("b", 0, 0.3, 0.1), score("c", 0, 0.2, 0.9), score("d", 1, 0.8, 0.8)];
    expect(byExam(scores)).toEqual([score("a", 1, 0.4, 0.3), score("b", 0, 0.3, 0.1), score("c", 0, 0.2, 0.9), score("d", 1, 0.8, 0.8)]);
    const areas = pairedAreas(byExam(scores), { seed: 1 })!;
    expect([areas.cases, areas.positives, areas.plain.estimate, areas.symmetry.estimate]).toEqual([4, 2, 1, 0.5]);
    expect([areas.overPlain.estimate, areas.overAlone.estimate]).toEqual([-0.5, -0.5]);
    expect(pairedAreas([score("a", 0, 1, 1), score("b", 0, 1, 1)], { seed: 1 })).toBeUndefined();
  });

  it("a lesion's own breast and the other are told apart, and the other left out", async () => {
    const box = { top: 230, left: 180, bottom: 290, right: 240 };
    const views = [film("a", 1, { box }), film("a", 0, { box }, { laterality: "R", lesions: [] }), film("b", 0, { box })];
    const middle = (x: Tensor) => reshape(slice(x as Tensor4D, [0, 112, 112, 0], [x.shape[0]!, 1, 1, 1]), [-1, 1]) as Tensor2D;
    // Graphs that say what they see: the brightness of the middle, and of two sides that of each, 5 less where the other is absent.
    const caracNet = {
      options: { classes: kindClasses } as never,
      apply: ({ fine }: LesionCrops) => ({ malignancy: middle(fine), kind: zeros([fine.shape[0], 4]) as Tensor2D }),
    };
    const caracNetSymmetry = {
      apply: ({ left, right, present }: Pair) =>
        concat([sub(add(middle(left), mul(10, middle(right))), mul(5, sub(1, slice(present, [0, 1], [-1, 1])))), middle(right)], 1) as Tensor2D,
    };
    await expectNoLeak(async () => {
      const run = scoreLesions({ caracNet, caracNetSymmetry }, views, { phase: "test" });
      let next = await run.next();
      while (!next.done) next = await run.next();
      const logit = (p: number) => Math.log(p / (1 - p));
      const [bright, faint] = [60_000 / 65535, 40_000 / 65535];
      const found = next.value.map(({ patientId, label, plain, symmetry, alone }) => [
        patientId,
        label,
        ...[plain, symmetry, alone].map((p) => Number(logit(p).toFixed(3))),
      ]);
      const rounded = (...values: number[]) => values.map((value) => Number(value.toFixed(3)));
      expect(found).toEqual([
        ["a", 1, ...rounded(bright, bright + 10 * faint, 11 * bright - 5)],
        ["b", 0, ...rounded(faint, 11 * faint - 5, 11 * faint - 5)],
      ]);
    });
  });

  it("a breast has the mean logit of its views, and each side its own", async () => {
    const views = [film("a", 1), film("a", 1, {}, { view: "MLO" }), film("a", 0, {}, { laterality: "R" }), film("b", 0)];
    const whole = (x: Tensor4D) => reshape(max(x, [1, 2, 3]), [-1, 1]) as Tensor2D;
    const dreamNet = {
      options: { classes: ["cancer"] },
      geometry: {},
      applyWithHeatmap: (x: Tensor4D) => ({ logit: whole(x), heatmap: zeros([1, 1, 1, 1]) as Tensor4D }),
    } as never;
    const dreamNetSymmetry = {
      features: (x: Tensor4D) => x.clone(),
      classify: ({ left, right, present }: Pair) =>
        concat([add(whole(left), mul(mul(10, whole(right)), slice(present, [0, 1], [-1, 1]))), whole(right)], 1) as Tensor2D,
    };
    await expectNoLeak(async () => {
      const run = scoreBreasts({ dreamNet, dreamNetSymmetry }, views, { phase: "test" });
      let next = await run.next();
      while (!next.done) next = await run.next();
      const [bright, faint] = [60_000 / 65535, 40_000 / 65535];
      const expected = [["a", 1, bright, bright + (10 * faint) / 2, bright], ["a", 0, faint, faint + 10 * bright, faint], ["b", 0, faint, faint, faint]] as const; // biome-ignore format: one row
      for (const [at, { patientId, label, plain, symmetry, alone }] of next.value.entries()) {
        expect([patientId, label]).toEqual(expected[at]!.slice(0, 2));
        for (const [index, value] of [plain, symmetry, alone].entries()) expect(value).toBeCloseTo(expected[at]![index + 2] as number, 3);
      }
      expect(next.value).toHaveLength(3);
    });
  });

  it("a quick run has a fortieth of the steps, at least one", () => {
    expect(graphsConfig({ quick: true, effort: 0.001 }).stages.retinaNet.steps).toBe(1);
    expect(graphsConfig({ quick: true }).stages.caracNet.steps).toBe(graphsConfig().stages.caracNet.steps / 40);
  });
});
