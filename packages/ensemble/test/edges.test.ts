// The edges of the joining steps, by hand: equal boxes, weights, gates, cuts.
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { type Detection, deciles, type Finding, fitScale, mergeDetections, pairLesions, type ScoreScale, toScore } from "../src/index.ts";

const box = { top: 0, left: 0, bottom: 10, right: 10 };
/** Half of `box`, and as much beside it: they overlap by 1/3. */
const beside = { top: 0, left: 5, bottom: 10, right: 15 };
const seen = (score: number, where = box, label = 1): Detection => ({ box: where, label, score });

describe("mergeDetections", () => {
  it("joins above the threshold and not at it; 0.55 is the default", () => {
    const count = (iouThreshold?: number) =>
      mergeDetections([[seen(0.9)], [seen(0.8, beside)]], iouThreshold === undefined ? {} : { iouThreshold }).length;
    expect([count(1 / 3), count(0.33), count(0), count(1), count()]).toEqual([2, 1, 1, 2, 2]);
    // 10 of 15.7 and 10 of 19 columns: 0.637 and 0.526.
    const wide = (right: number) => mergeDetections([[seen(0.9)], [seen(0.8, { ...box, right })]]).length;
    expect([wide(18), wide(18.2)]).toEqual([1, 2]);
  });

  it("the fused box is the mean by score and weight, and by number where all score 0", () => {
    const [one] = mergeDetections([[seen(0.6)], [seen(0.2, beside)]], { iouThreshold: 0.3, weights: [1, 3] });
    expectClose([one!.box.left, one!.box.right], [2.5, 12.5], { absolute: 1e-12 });
    expect(one!.models).toBe(2);
    const [none] = mergeDetections([[seen(0)], [seen(0, beside)]], { iouThreshold: 0.3 });
    expect([none!.box.left, none!.box.right, none!.score]).toEqual([2.5, 12.5, 0]);
  });

  it("leaves out scores below the least, not those at it, and other labels apart", () => {
    expect(mergeDetections([[seen(0.5), seen(0.49, beside)]], { minScore: 0.5 }).map(({ score }) => score)).toEqual([0.5]);
    expect(mergeDetections([[seen(0.5)], [seen(0.5, box, 2)]])).toHaveLength(2);
    expect(mergeDetections([])).toEqual([]);
  });

  it.each([
    // Scores 0.9 and 0.3 of models of weight 2 and 1, of three of weight 2, 1, 1.
    ["avg", ((1.8 + 0.3) / 2) * (2 / 4)],
    ["max", 1.8 / 2],
    ["box_and_model_avg", (2.1 / 3) * (3 / 4)],
    ["absent_model_aware_avg", 2.1 / 4],
  ] as const)("%s", (scoreRule, score) => {
    const [one] = mergeDetections([[seen(0.9)], [seen(0.3)], []], { weights: [2, 1, 1], scoreRule });
    expectClose(one!.score, score, { absolute: 1e-12 });
  });

  it.each([Infinity, -1, Number.NaN])("refuses the weight %s, and the same as a score", (bad) => {
    expect(() => mergeDetections([[]], { weights: [bad] })).toThrow(RangeError);
    expect(() => mergeDetections([[seen(bad)]])).toThrow(RangeError);
  });
});

describe("pairLesions", () => {
  const finding = (view: Finding["view"], nippleDistance: number, probability = 0.5, laterality: "L" | "R" = "L"): Finding => ({
    ...{ laterality, view, box, probability, nippleDistance },
  });
  const sizes = (findings: readonly Finding[], maxDistanceMm?: number) =>
    pairLesions(findings, maxDistanceMm === undefined ? {} : { maxDistanceMm }).map((lesion) => lesion.findings.length);

  it("joins at the gate of 20 mm and not beyond it", () => {
    expect(sizes([finding("CC", 10), finding("MLO", 30)])).toEqual([2]);
    expect(sizes([finding("CC", 10), finding("MLO", 30.1)])).toEqual([1, 1]);
    expect(sizes([finding("CC", 10), finding("MLO", 15.1)], 5)).toEqual([1, 1]);
    expect(sizes([finding("CC", 10), finding("MLO", 15)], 5)).toEqual([2]);
  });

  it("joins nothing beyond the gate, however many there are to be joined", () => {
    const above = [0, 1, 2, 3, 4, 5, 6].map((mm) => finding("CC", mm));
    expect(sizes([...above, finding("MLO", 90)])).toEqual(new Array(8).fill(1));
  });

  it("at the least total difference: not the nearest first", () => {
    const [a, b] = [finding("CC", 10, 0.9), finding("CC", 14, 0.8)];
    const [x, y] = [finding("MLO", 13, 0.2), finding("MLO", 31, 0.1)];
    // 10-13 and 14-31 together are 20; 14-13 and 10 alone are 21.
    expect(pairLesions([a, b, x, y]).map((lesion) => lesion.findings)).toEqual([[a, x], [b, y]]); // biome-ignore format: one row
    // Beyond the gate for 14: alone costs 20, which is more than 1 + 20 of the other way by none.
    const far = finding("MLO", 34.5, 0.1);
    expect(pairLesions([a, b, x, far]).map((lesion) => lesion.findings)).toEqual([[a], [b, x], [far]]);
  });

  it("joins displaced views, and leaves other projections, other breasts and unknown distances alone", () => {
    expect(sizes([finding("CCID", 10), finding("MLOID", 12)])).toEqual([2]);
    expect(sizes([finding("CC", 10), finding("ML", 10)])).toEqual([1, 1]);
    expect(sizes([finding("XCCL", 10), finding("MLO", 10)])).toEqual([1, 1]);
    expect(sizes([finding("CC", 10), finding("MLO", 10, 0.5, "R")])).toEqual([1, 1]);
    const { nippleDistance: _, ...unknown } = finding("MLO", 10);
    expect(sizes([finding("CC", 10), unknown])).toEqual([1, 1]);
  });

  it("a lesion has the larger probability, and they come falling, the left breast first among equals", () => {
    const lesions = pairLesions([finding("CC", 10, 0.2, "R"), finding("CC", 10, 0.1), finding("MLO", 11, 0.7), finding("MLO", 90, 0.2)]);
    expect(lesions.map(({ laterality, probability }) => [laterality, probability])).toEqual([["L", 0.7], ["L", 0.2], ["R", 0.2]]); // biome-ignore format: one row
  });

  it.each([Infinity, -1, Number.NaN])("refuses a gate of %s mm", (maxDistanceMm) => {
    expect(() => pairLesions([], { maxDistanceMm })).toThrow(/^Expected maxDistanceMm > 0, got/);
  });
});

describe("toScore", () => {
  const scale: ScoreScale = { name: "tenths", cuts: deciles };
  it("is one more than the cuts at or below", () => {
    expect([0, 0.099, 0.1, 0.5, 0.899, 0.9, 1].map((probability) => toScore(probability, scale))).toEqual([1, 1, 2, 6, 9, 10, 10]);
    expect(() => toScore(-1e-9, scale)).toThrow(RangeError);
    expect(() => toScore(1 + 1e-9, scale)).toThrow(RangeError);
  });

  it("takes cuts of 0 and of 1, and none outside", () => {
    const ends = (first: number, last: number) => ({ name: "s", cuts: [first, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, last] }) as unknown as ScoreScale;
    expect([toScore(0, ends(0, 1)), toScore(1, ends(0, 1))]).toEqual([2, 10]);
    expect(() => toScore(0.5, ends(-0.1, 0.9))).toThrow(RangeError);
    expect(() => toScore(0.5, ends(0.1, 1.1))).toThrow(RangeError);
  });

  it("deciles of ten cases are their order statistics, type 7", () => {
    const { cuts, reference } = fitScale("s", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], { sha256: "a".repeat(64) });
    expectClose(cuts, [0.09, 0.18, 0.27, 0.36, 0.45, 0.54, 0.63, 0.72, 0.81], { absolute: 1e-12 });
    expect(reference).toEqual({ sha256: "a".repeat(64), cases: 10, quantiles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] });
    expect(() => fitScale("s", Array(9).fill(0.5), { sha256: "a".repeat(64) })).toThrow(RangeError);
  });
});
