import { describe, expect, it } from "vitest";
import {
  aiVersusReaders,
  areaCovariance,
  areaUnder,
  bootstrapRoc,
  calibrationCurve,
  calibrationError,
  centerDistanceRule,
  centerInBoxRule,
  combineScores,
  dbtexRule,
  mrmc,
  netBenefit,
  overlapRule,
  partialAuroc,
  permutationTest,
  prevalenceOf,
  ranks,
  recallAt,
  subgroups,
} from "../src/index.ts";
import { decisionPlot, forestPlot, scoreHistogram } from "../src/plot.ts";

const labels = [0, 1, 0, 1];
const scores = [0.1, 0.4, 0.35, 0.8];
const cases = { labels, scores };
const any = (value: unknown) => value as never;
const good = { top: 0, left: 0, bottom: 9, right: 9 };
const swapped = { top: 9, left: 0, bottom: 0, right: 9 };
const nan = { ...good, right: Number.NaN };

describe("public functions refuse what they cannot read, by name", () => {
  it.each([
    ["mark with finite top < bottom and left < right", () => overlapRule(0.5)(swapped, good)],
    ["truth with finite top < bottom and left < right", () => centerInBoxRule()(good, nan)],
    ["mark with finite top < bottom and left < right", () => centerDistanceRule()(nan, good)],
    ["truth with finite top", () => dbtexRule({ slices: 9 })({ ...good, slice: 1 }, { ...swapped, slice: 1 })],
    ["the slice of mark to be a finite number, got NaN", () => dbtexRule({ slices: 9 })({ ...good, slice: Number.NaN }, { ...good, slice: 1 })],
    ["slices >= 1, got 0", () => dbtexRule({ slices: 0 })],
    [
      "clusters[1] to be a text or a finite number, got undefined",
      () => bootstrapRoc({ ...cases, clusters: any(["a", undefined, "b", "b"]) }, { a: areaUnder }, { seed: 1 }),
    ],
    [
      "clusters[0] to be a text or a finite number, got NaN",
      () => permutationTest(labels, scores, scores, { seed: 1, clusters: [Number.NaN, 1, 2, 3] }),
    ],
    [
      'clusters[2] to be a name, got ""',
      () =>
        mrmc(
          labels,
          [
            [scores, scores],
            [scores, scores],
          ],
          { covariance: "jackknife", clusters: ["a", "b", "", ""] },
        ),
    ],
    ["groups[3] to be a text or a finite number, got null", () => subgroups(cases, any(["a", "a", "b", null]), { a: areaUnder }, { seed: 1 })],
    ["weights[1] to be a finite number, got NaN", () => prevalenceOf(labels, [1, Number.NaN, 1, 1])],
    ["method percentile or bca, got normal", () => bootstrapRoc(cases, { a: areaUnder }, { seed: 1, method: any("normal") })],
    ["strategy uniform or quantile, got toString", () => calibrationCurve(labels, scores, { strategy: any("toString") })],
    ["covariance delong, unbiased, jackknife, got dbm", () => areaCovariance(labels, [scores], { covariance: any("dbm") })],
    ["values[1] to be a finite number, got NaN", () => ranks([1, Number.NaN])],
  ])("Expected %s", (message, run) => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(`Expected ${message}`);
  });

  it.each([
    ["readers to be an array, got undefined", () => aiVersusReaders(labels, scores, any(undefined))],
    ["ratings to be an array, got null", () => mrmc(labels, any(null))],
    ["ratings[1] to be an array, got 7", () => mrmc(labels, any([[scores, scores], 7]))],
    ["scores to be an array", () => areaCovariance(labels, any(new Float64Array(4)))],
    ["lists to be an array, got undefined", () => combineScores(any(undefined))],
    ["part to be a range of specificity or sensitivity, got undefined", () => partialAuroc(labels, scores, any(undefined))],
    ["values to be a list of numbers, got undefined", () => ranks(any(undefined))],
    ["scores to be a list of numbers, got null", () => recallAt(any(null), 0.5)],
  ])("Expected %s", (message, run) => {
    expect(run).toThrow(TypeError);
    expect(run).toThrow(`Expected ${message}`);
  });
});

describe("ranks", () => {
  it("are mean ranks of ties (scipy.stats.rankdata), many or few, -0 as 0", () => {
    expect(Array.from(ranks([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]))).toEqual([4.5, 1.5, 6, 1.5, 7.5, 10, 3, 9, 7.5, 4.5]);
    expect(Array.from(ranks([0, -0, 0]))).toEqual([2, 2, 2]);
    expect(Array.from(ranks([]))).toEqual([]);
    const many = Float64Array.from({ length: 6000 }, (_, i) => (i * 7919) % 3001);
    const found = ranks(many);
    for (const i of [0, 1, 2999, 5999]) {
      const below = many.filter((value) => value < many[i]!).length;
      const tied = many.filter((value) => value === many[i]).length;
      expect(found[i]).toBe(below + (tied + 1) / 2);
    }
  });
});

describe("lists of any length", () => {
  it("150,000 groups, bins, thresholds do not overflow the stack", () => {
    const n = 150_000;
    const row = { name: "g", estimate: 0.5, low: 0.4, high: 0.6 };
    expect(forestPlot(Array<typeof row>(n).fill(row)).length).toBeGreaterThan(n);
    expect(forestPlot([])).toContain("<svg");
    expect(scoreHistogram(labels, scores, { bins: n })).toContain("n = 2");
    const probabilities = Float64Array.from({ length: n }, (_, i) => i / n);
    const half = probabilities.map((p) => Number(p > 0.5));
    expect(calibrationError(half, probabilities, { bins: n }).maximum).toBeCloseTo(0.5, 3);
    const thresholds = Array.from({ length: n }, (_, i) => (i + 1) / (n + 1));
    expect(decisionPlot([{ name: "m", curve: netBenefit(labels, scores, { thresholds }) }])).toContain("<svg");
  });
});
