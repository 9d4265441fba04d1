import { iou, keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  agreementOf,
  type Detection,
  findingsOfBreast,
  fuseInMm,
  joinPeaks,
  marksSamePlace,
  mergeDetections,
  type Peak,
  placeInBreast,
  type SuppressOptions,
  suppressDetections,
} from "../src/index.ts";
import { middleGrid } from "../src/middleGrid.ts";
import { slowFusion } from "./slowFusion.ts";

const square = (top: number, left: number, side: number) => ({ top, left, bottom: top + side, right: left + side });

describe("mergeDetections", () => {
  it("says which share of the models agree", () => {
    const seen = [{ box: square(0, 0, 10), label: 0, score: 0.8 }];
    const merged = mergeDetections([seen, seen, [], [{ box: square(50, 50, 10), label: 0, score: 0.1 }]]);
    expect(merged.map(({ models, agreement }) => [models, agreement])).toEqual([
      [2, 0.5],
      [1, 0.25],
    ]);
  });

  it("fuses by running sums what the mean of all members is", () => {
    const random = keyedRandom(1, "fusion");
    const perModel = Array.from({ length: 30 }, () => [
      { box: square(100 + random.normal(), 100 + random.normal(), 40), label: 0, score: random.between(0.1, 1) },
    ]);
    const [merged, ...others] = mergeDetections(perModel);
    expect(others).toEqual([]);
    const all = perModel.flat();
    const total = all.reduce((sum, { score }) => sum + score, 0);
    expectClose(
      merged!.box.top,
      all.reduce((sum, { box, score }) => sum + (score / total) * box.top, 0),
      { absolute: 1e-9 },
    );
  });
});

describe("mergeDetections of many boxes", () => {
  type Cluster = { readonly label: number; members: Detection[]; box: Detection["box"] };
  const sideOf = (members: readonly Detection[], side: keyof Detection["box"]) => {
    const total = members.reduce((sum, { score }) => sum + score, 0);
    return members.reduce((sum, { box, score }) => sum + (box[side] * score) / total, 0);
  };
  /** Each box against each cluster. */
  function slowly(all: readonly Detection[], threshold: number): Cluster[] {
    const clusters: Cluster[] = [];
    for (const one of [...all].sort((a, b) => b.score - a.score)) {
      const same = clusters.filter(({ label, box }) => label === one.label && iou(box, one.box) > threshold);
      const into = same.reduce<Cluster | undefined>((a, b) => (a && iou(a.box, one.box) >= iou(b.box, one.box) ? a : b), undefined);
      if (!into) {
        clusters.push({ label: one.label, members: [one], box: one.box });
        continue;
      }
      into.members.push(one);
      const [top, left, bottom, right] = (["top", "left", "bottom", "right"] as const).map((side) => sideOf(into.members, side));
      into.box = { top: top!, left: left!, bottom: bottom!, right: right! };
    }
    return clusters;
  }

  const crowd: fc.Arbitrary<Detection[]> = fc.array(
    fc.record({
      box: fc
        .tuple(fc.nat(300), fc.nat(40), fc.integer({ min: 5, max: 25 }), fc.integer({ min: 5, max: 60 }))
        .map(([top, left, height, width]) => ({ top, left, bottom: top + height, right: left + width })),
      label: fc.nat(1),
      score: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 40 },
  );

  it("is what comparing each box with each cluster gives", () => {
    fc.assert(
      fc.property(crowd, fc.constantFrom(0, 0.2, 0.55, 0.8), (all, iouThreshold) => {
        const order = (boxes: readonly { readonly label: number; readonly box: Detection["box"] }[]) =>
          boxes
            .map(({ label, box }) => [label, box.top, box.left, box.bottom, box.right])
            .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!);
        expectClose(order(mergeDetections([all], { iouThreshold })).flat(), order(slowly(all, iouThreshold)).flat(), { absolute: 1e-6 });
      }),
    );
  });

  it("looks at the cells within a box's reach only: what lies beyond is not compared, whatever the largest and the farthest box", () => {
    type Sides = readonly [top: number, left: number, bottom: number, right: number];
    const all = Array.from({ length: 64 }, (_, i): Sides => [40 * (i >> 3), 100 * (i & 7), 40 * (i >> 3) + 10, 100 * (i & 7) + 20]);
    const huge: Sides = [-5000, -5000, 5000, 5000];
    const far: Sides = [1e9, 1e9, 1e9 + 10, 1e9 + 20];
    const grid = middleGrid(Float64Array.from([...all, huge, far].flat()), 0.5);
    for (const [i, box] of [...all, huge, far].entries()) grid.put(i, ...box);
    const seenFrom = (box: Sides) => {
      const near = new Set<number>();
      for (const cell of grid.found.slice(0, grid.around(...box))) for (let k = grid.heads[cell]!; k >= 0; k = grid.next[k]!) near.add(k);
      return [...near].sort((a, b) => a - b);
    };
    // Rows of boxes are 40 apart, columns 100; a box of 10 x 20 reaches 5 and 10. A few others stand in cells that are folded together with these.
    const others = all.map((box, i) => seenFrom(box).filter((k) => k !== i));
    expect(others.flat().length).toBeLessThan(0.1 * 64 * 65);
    for (const [i, box] of all.entries()) expect(seenFrom(box)).toContain(i);
    expect(seenFrom(huge)).toEqual(Array.from({ length: 66 }, (_, i) => i));
    expect(seenFrom(far)).toContain(65);
    // A cluster that has moved is found where it is now.
    grid.put(63, ...all[0]!);
    expect(seenFrom(all[0]!)).toContain(63);
    expect(seenFrom(all[63]!)).not.toContain(63);
  });
});

describe("mergeDetections to the last bit", () => {
  const side = fc.oneof(fc.integer({ min: 5, max: 60 }), fc.constantFrom(0.01, 400, 1e6));
  const detections: fc.Arbitrary<Detection[]> = fc.array(
    fc.record({
      box: fc
        .tuple(fc.nat(150), fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -40, max: 40 }) }, fc.constantFrom(-1e7, 1e9)), side, side)
        .map(([top, left, height, width]) => ({ top, left, bottom: top + height, right: left + width })),
      label: fc.nat(1),
      // Ties, and votes of nothing.
      score: fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { maxLength: 12 },
  );
  const models = fc.array(fc.tuple(detections, fc.constantFrom(0.5, 1, 1, 3)), { maxLength: 40 });

  it.each(["avg", "max", "box_and_model_avg", "absent_model_aware_avg"] as const)("is what objects, sets and all pairs give, %s", (scoreRule) => {
    fc.assert(
      fc.property(models, fc.constantFrom(0, 0.05, 0.2, 0.55, 0.8, 1), fc.constantFrom(1, 3, Infinity), (members, iouThreshold, most) => {
        const options = { weights: members.map(([, weight]) => weight), iouThreshold, scoreRule, minScore: 0.1 };
        const perModel = members.map(([list]) => list);
        expect(mergeDetections(perModel, { ...options, most })).toEqual(slowFusion(perModel, options).slice(0, most));
      }),
    );
  });

  it("so it is of fifty models of a hundred boxes", () => {
    const random = keyedRandom(1, "fifty");
    const perModel = Array.from({ length: 50 }, () =>
      Array.from({ length: 100 }, (_, i) => {
        const [row, column] =
          i < 30 ? [40 * i + 3 * random.normal(), 20 * i + 3 * random.normal()] : [random.between(0, 1200), random.between(0, 700)];
        const [tall, wide] = [random.between(15, 45), random.between(15, 45)];
        return { box: { top: row - tall, left: column - wide, bottom: row + tall, right: column + wide }, label: i % 2, score: random.between(0, 1) };
      }),
    );
    const options = { weights: perModel.map((_, m) => 1 + (m % 3)), iouThreshold: 0.55, minScore: 0, scoreRule: "absent_model_aware_avg" } as const;
    expect(mergeDetections(perModel, options)).toEqual(slowFusion(perModel, options));
  });
});

describe("fuseInMm", () => {
  it("joins boxes of images at different mm per pixel, relative to the nipple", () => {
    const [fused, ...others] = fuseInMm([
      { mmPerPixel: 0.25, origin: [400, 500], detections: [{ box: square(440, 300, 80), label: 0, score: 0.8 }] },
      { mmPerPixel: 0.1, origin: [1000, 1250], detections: [{ box: square(1100, 750, 200), label: 0, score: 0.4 }] },
    ]);
    expect(others).toEqual([]);
    expectClose(Object.values(fused!.box), [10, -50, 30, -30], { absolute: 1e-9 });
    expect(fused!.agreement).toBe(1);
  });

  it("counts small boxes as 10 mm, so that two on one cluster meet", () => {
    const member = (row: number) => ({
      mmPerPixel: 0.25,
      origin: [0, 0] as const,
      detections: [{ box: square(row, 100, 12), label: 0, score: 0.5 }],
    });
    expect(fuseInMm([member(100), member(108)])).toHaveLength(1);
    expect(fuseInMm([member(100), member(108)], { minMm: 0 })).toHaveLength(2);
    // 12 pixels of 0.25 mm about row 106 and column 106; a box of 4 mm by 20 mm grows along its short side only.
    expect(fuseInMm([member(100)])[0]!.box).toEqual({ top: 21.5, left: 21.5, bottom: 31.5, right: 31.5 });
    const long = { mmPerPixel: 1, origin: [0, 0] as const, detections: [{ box: { top: 50, left: 30, bottom: 54, right: 50 }, label: 0, score: 1 }] };
    expect(fuseInMm([long])[0]!.box).toEqual({ top: 47, left: 30, bottom: 57, right: 50 });
  });
});

describe("suppressDetections", () => {
  const detection: fc.Arbitrary<Detection> = fc.record({
    box: fc.tuple(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 30 })).map(([top, left, side]) => square(top, left, side)),
    label: fc.nat(1),
    score: fc.double({ min: 0.01, max: 1, noNaN: true }),
  });

  it("never raises a score, keeps the highest of each class, leaves the input alone", () => {
    fc.assert(
      fc.property(fc.array(detection, { minLength: 1, maxLength: 12 }), fc.constantFrom("hard", "linear", "gaussian" as const), (all, method) => {
        const before = JSON.stringify(all);
        const kept = suppressDetections(all, { method: method as "hard" });
        for (const label of new Set(all.map((one) => one.label))) {
          const top = Math.max(...all.filter((one) => one.label === label).map(({ score }) => score));
          expect(Math.max(...kept.filter((one) => one.label === label).map(({ score }) => score))).toBe(top);
        }
        for (const one of kept) {
          const first = all.filter(({ box, label }) => label === one.label && JSON.stringify(box) === JSON.stringify(one.box));
          expect(one.score).toBeLessThanOrEqual(Math.max(...first.map(({ score }) => score)));
        }
        expect(JSON.stringify(all)).toBe(before);
      }),
    );
  });

  it("drops or lowers above the threshold and not at it; 0.5, sigma 0.5 and a least score of 0.001 are the defaults", () => {
    // Half of the first, and as much beside it: they overlap by 1/3. The third shares 3/5 with the first.
    const [first, third, most] = [square(0, 0, 10), { ...square(0, 0, 10), left: 5, right: 15 }, { ...square(0, 0, 10), left: 2.5, right: 12.5 }];
    const scores = (box: typeof first, options: SuppressOptions, score = 0.5) =>
      suppressDetections([{ box: first, label: 0, score: 0.8 }, { box, label: 0, score }], options).map((one) => one.score); // biome-ignore format: one row
    expect([0, 0.33, 1 / 3, 1].map((iouThreshold) => scores(third, { iouThreshold }).length)).toEqual([1, 1, 2, 2]);
    expect([scores(third, {}), scores(most, {})]).toEqual([[0.8, 0.5], [0.8]]);
    expectClose(scores(third, { method: "linear", iouThreshold: 0.33 }), [0.8, 0.5 * (1 - 1 / 3)], { absolute: 1e-12 });
    expectClose(scores(most, { method: "linear" }), [0.8, 0.5 * (1 - 0.6)], { absolute: 1e-12 });
    expect(scores(third, { method: "linear", iouThreshold: 1 / 3 })).toEqual([0.8, 0.5]);
    expectClose(scores(third, { method: "gaussian" }), [0.8, 0.5 * Math.exp(-1 / 9 / 0.5)], { absolute: 1e-12 });
    expectClose(scores(most, { method: "gaussian", sigma: 0.1 }), [0.8, 0.5 * Math.exp(-0.36 / 0.1)], { absolute: 1e-12 });
    const apart = square(50, 50, 10);
    expect([0.001, 0.0011].map((score) => scores(apart, { method: "linear" }, score).length)).toEqual([1, 2]);
    expect([scores(apart, {}, 0), scores(apart, { minScore: 0.5 }, 0.5), scores(apart, { minScore: 0.9 })]).toEqual([[0.8, 0], [0.8], []]);
  });

  it("keeps the earlier of equals", () => {
    const twins = [10, 10.1].map((side) => ({ box: square(0, 0, side), label: 0, score: 0.5 }));
    expect(suppressDetections(twins)).toEqual([twins[0]]);
  });

  it("does not know other classes", () => {
    const box = square(0, 0, 10);
    const both = [
      { box, label: 0, score: 0.9 },
      { box, label: 1, score: 0.8 },
    ];
    expect(suppressDetections(both)).toEqual(both);
  });
});

describe("joinPeaks", () => {
  const place = placeInBreast(square(50, 50, 20), { laterality: "L", view: "CC", mmPerPixel: 0.25, nipple: [600, 400], nippleConfidence: 1 });
  const peak = (row: number, logOdds: number): Peak => ({ box: square(row, 0, 192), logOdds });

  it("puts the detector's boxes in the place of the cells that they lie in", () => {
    const found = joinPeaks(
      [peak(0, 3), peak(192, 1)],
      [
        { box: square(50, 50, 20), score: 0.5, place },
        { box: square(100, 50, 20), score: 0.25 },
      ],
    );
    expect(found.map(({ box }) => box.top)).toEqual([50, 100, 192]);
    expectClose(
      found.map(({ logOdds }) => logOdds),
      [3, 3 - Math.log(3), 1],
      { absolute: 1e-9 },
    );
    expect(found[0]!.place).toBe(place);
  });

  it("leaves faint cells out, never the highest, and keeps detections beside every cell", () => {
    expect(joinPeaks([peak(0, 0), peak(192, -9)], [])).toEqual([peak(0, 0)]);
    const beside = joinPeaks([peak(0, 2)], [{ box: square(500, 500, 20), score: 0.9 }]);
    expect(beside.map(({ box, logOdds }) => [box.top, logOdds])).toEqual([
      [500, 2],
      [0, 2],
    ]);
  });

  it("keeps cells within 2 log odds of the highest, or as many as it is told", () => {
    const kept = (keepWithin?: number) => joinPeaks([peak(0, 1), peak(192, -1), peak(384, -1.1), peak(576, -3)], [], { keepWithin }).length;
    expect([kept(), kept(0), kept(2.1), kept(4)]).toEqual([2, 1, 3, 4]);
  });

  it("a detection lies in the cell that its middle is in, the upper and left edge included; beside every cell it is lower by its logit", () => {
    const at = (row: number, column: number, score: number) => ({ box: square(row - 10, column - 10, 20), score });
    const inCell = (row: number, column: number) => joinPeaks([peak(192, 3), peak(900, 1)], [at(row, column, 0.5)])[0]!.logOdds === 3;
    const places = [[192, 0], [192, 191], [383, 0], [191, 0], [384, 0], [192, -1], [192, 192]] as const; // biome-ignore format: one row
    // The cell itself has 3 too: it is gone where the detection took its place.
    expect(places.map(([row, column]) => joinPeaks([peak(192, 3), peak(900, 1)], [at(row, column, 0.5)]).length)).toEqual([2, 2, 2, 3, 3, 3, 3]);
    expect(inCell(192, 0)).toBe(true);
    const beside = joinPeaks([peak(0, 3), peak(192, 1)], [at(900, 900, 0.8), at(950, 900, 0.5)]);
    expectClose(
      beside.map(({ logOdds }) => logOdds),
      [3, 1, 1, 1 - Math.log(4)],
      { absolute: 1e-9 },
    );
  });

  it("does not change what the breast's probability is", () => {
    const peaks = joinPeaks([peak(0, 3), peak(192, 1)], [{ box: square(50, 50, 20), score: 0.5 }]);
    const [top] = findingsOfBreast([{ laterality: "L", view: "CC", probability: 0.2, peaks }]);
    expectClose(top!.probability, 0.2, { absolute: 1e-12 });
    expect(top!.box).toEqual(square(50, 50, 20));
  });
});

describe("agreementOf", () => {
  const at = (row: number, column: number, size: number) => ({
    top: row - size / 2,
    left: column - size / 2,
    bottom: row + size / 2,
    right: column + size / 2,
  });

  it("counts models, not boxes: a small box in a large cell and a cell about a small box are one place", () => {
    const lesion = at(100, 100, 20);
    expect(agreementOf(lesion, [[at(120, 110, 192)], [at(104, 96, 12), at(103, 99, 30)], [at(300, 300, 192)], []])).toBe(0.5);
    expect(agreementOf(at(120, 110, 192), [[lesion]])).toBe(1);
    // They overlap, but the middle of neither lies in the other.
    expect(marksSamePlace(at(100, 100, 20), at(115, 100, 20))).toBe(false);
  });
});
