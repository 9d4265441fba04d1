import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Detection, findingsOfBreast, fuseInMm, joinPeaks, mergeDetections, type Peak, suppressDetections } from "../src/index.ts";

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
  const peak = (row: number, logOdds: number): Peak => ({ box: square(row, 0, 192), logOdds });

  it("puts the detector's boxes in the place of the cells that they lie in", () => {
    const found = joinPeaks(
      [peak(0, 3), peak(192, 1)],
      [
        { box: square(50, 50, 20), score: 0.5, nippleDistance: 30 },
        { box: square(100, 50, 20), score: 0.25 },
      ],
    );
    expect(found.map(({ box }) => box.top)).toEqual([50, 100, 192]);
    expectClose(
      found.map(({ logOdds }) => logOdds),
      [3, 3 - Math.log(3), 1],
      { absolute: 1e-9 },
    );
    expect(found[0]!.nippleDistance).toBe(30);
  });

  it("leaves faint cells out, never the highest, and keeps detections beside every cell", () => {
    expect(joinPeaks([peak(0, 0), peak(192, -9)], [])).toEqual([peak(0, 0)]);
    const beside = joinPeaks([peak(0, 2)], [{ box: square(500, 500, 20), score: 0.9 }]);
    expect(beside.map(({ box, logOdds }) => [box.top, logOdds])).toEqual([
      [500, 2],
      [0, 2],
    ]);
  });

  it("does not change what the breast's probability is", () => {
    const peaks = joinPeaks([peak(0, 3), peak(192, 1)], [{ box: square(50, 50, 20), score: 0.5 }]);
    const [top] = findingsOfBreast([{ laterality: "L", view: "CC", probability: 0.2, peaks }]);
    expectClose(top!.probability, 0.2, { absolute: 1e-12 });
    expect(top!.box).toEqual(square(50, 50, 20));
  });
});
