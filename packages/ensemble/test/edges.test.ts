// The edges of the joining steps, by hand: equal boxes, weights, gates, cuts.
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { type Detection, deciles, fitScale, mergeDetections, type ScoreScale, toScore } from "../src/index.ts";

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
