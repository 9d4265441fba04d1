import { keyedRandom, quantile } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../src/distributions/normal.ts";
import { areaUnder, bootstrap, bootstrapRoc, contrast, delongInterval, dreamCompat, pairedDifference, rocBand, subgroups } from "../src/index.ts";
import { acceleration, bcaInterval } from "../src/intervals/bca.ts";

const random = keyedRandom(5);
const uniform = () => random.below(2 ** 30) / 2 ** 30;
const labels = Array.from({ length: 300 }, (_, i) => Number(i % 4 === 0));
const scores = labels.map((label) => uniform() + uniform() + 0.6 * label);
const statistics = { auroc: areaUnder };

describe("intervals", () => {
  it("bootstrap, DeLong and BCa tell nearly the same of independent cases", () => {
    const d = delongInterval(labels, scores);
    for (const method of ["percentile", "bca"] as const) {
      const { low, high, standardError } = bootstrapRoc({ labels, scores }, statistics, { seed: 1, method }).auroc;
      expectClose([low, high], [d.low, d.high], { absolute: 0.01 });
      expectClose(standardError, d.standardError, { relative: 0.1 });
    }
  });

  it("covers the truth about as often as it says", () => {
    // Uniform scores shifted by 0.5: the chance that a positive wins is 1 - 0.5² / 2.
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const l = Array.from({ length: 120 }, (_, i) => i % 2);
      const s = l.map((label) => uniform() + 0.5 * label);
      const { low, high } = bootstrapRoc({ labels: l, scores: s }, statistics, { seed: trial, resamples: 300, confidence: 0.9 }).auroc;
      if (low <= 0.875 && 0.875 <= high) covered++;
    }
    // 180 of 200 expected; four standard deviations are 17.
    expect(Math.abs(covered - 180)).toBeLessThanOrEqual(17);
  });

  it("cluster bootstrap is wider than the plain one where clusters agree", () => {
    const [l, s] = [labels.flatMap((label) => [label, label]), scores.flatMap((score) => [score, score])];
    const clusters = s.map((_, i) => i >> 1);
    const apart = bootstrapRoc({ labels: l, scores: s }, statistics, { seed: 1 }).auroc.standardError;
    const whole = bootstrapRoc({ labels: l, scores: s, clusters }, statistics, { seed: 1 }).auroc.standardError;
    expectClose(whole / apart, Math.SQRT2, { relative: 0.1 });
  });

  it("stratified: as many positive clusters in each resample as there are, so nothing is undefined", () => {
    const rare = { labels: Array.from({ length: 40 }, (_, i) => Number(i === 0)), scores: scores.slice(0, 40) };
    expect(bootstrapRoc(rare, statistics, { seed: 1 }).auroc.undefinedResamples).toBeGreaterThan(500);
    expect(bootstrapRoc(rare, statistics, { seed: 1, stratified: true }).auroc.undefinedResamples).toBe(0);
  });

  it("BCa is Efron's formula (slow twin), and the percentile interval when nothing is skewed", () => {
    const replicates = Float64Array.from({ length: 999 }, () => (uniform() + uniform()) ** 2);
    const [estimate, a, confidence] = [0.9, 0.04, 0.9];
    const sorted = Float64Array.from(replicates).sort();
    const z0 = normalQuantile(sorted.filter((value) => value < estimate).length / 999);
    const end = (p: number) => quantile(sorted, normalCdf(z0 + (z0 + normalQuantile(p)) / (1 - a * (z0 + normalQuantile(p)))));
    const { low, high } = bcaInterval(replicates, { estimate, acceleration: a, confidence });
    expectClose([low, high], [end(0.05), end(0.95)], { absolute: 1e-12 });
    const even = Float64Array.from({ length: 1001 }, (_, i) => i - 500);
    expectClose(Object.values(bcaInterval(even, { estimate: 0, acceleration: 0, confidence: 0.9 })), [-450, 450], { absolute: 1e-9 });
  });

  it("acceleration is skewness / 6 of the left-out values, 0 when they are equal", () => {
    // Deviations 1 0 -1... of 3 values: cubes cancel. Of 0 0 0 4: mean 1, squares 12, cubes 1 + 1 + 1 - 27.
    expectClose(acceleration(Float64Array.of(1, 2, 3)), 0, { absolute: 1e-15 });
    expectClose(acceleration(Float64Array.of(0, 0, 0, 4)), -24 / (6 * 12 ** 1.5), { absolute: 1e-15 });
    expect(acceleration(Float64Array.of(2, 2))).toBe(0);
    // Equal but for the last bits: their skewness would be that of rounding.
    expect(acceleration(Float64Array.of(0.2, 0.1 + 0.1, 0.30000000000000004 - 0.1, 0.2))).toBe(0);
  });

  it("the general bootstrap draws the same clusters as the fast one", () => {
    const values = [1, 5, 2, 8];
    for (const count of [-1, 2.5, Number.NaN])
      expect(() => bootstrap(count, () => 0, { seed: 1 })).toThrow(`Expected count to be a whole number >= 0, got ${count}`);
    const result = bootstrap(4, (sample) => sample.reduce((sum, i) => sum + values[i]!, 0) / sample.length, {
      seed: 1,
      clusters: ["a", "a", "b", "b"],
      resamples: 500,
    });
    // Means of two clusters of two: 3, 4 or 5.
    expect([result.low, result.high]).toEqual([3, 5]);
  });

  it("a contrast is refused for estimates from different draws", () => {
    const run = (seed: number) => bootstrapRoc({ labels, scores }, statistics, { seed, resamples: 10 }).auroc;
    expect(() => pairedDifference(run(1), run(2))).toThrow(
      new RangeError("Expected estimates from the same draws (seed 1, 10 resamples of 300 clusters), got seed 2, 10 resamples of 300 clusters"),
    );
    const compat = dreamCompat({ labels, scores }, statistics, { seed: 1, resamples: 10 }).auroc;
    expect(() => pairedDifference(run(1), compat)).toThrow("dreamCompat");
    expect(() => contrast([run(1)], [1, -1])).toThrow("Expected one coefficient for each of at least one estimate (1), got 2");
    expectClose(contrast([run(1), run(1), run(1)], [1, -0.5, -0.5]).estimate, 0, { absolute: 1e-12 });
  });

  it("a contrast of equal scores is 0 with p 1, though thirds do not sum to a whole", () => {
    const { auroc } = bootstrapRoc({ labels, scores }, statistics, { seed: 1, resamples: 200 });
    const same = contrast([auroc, auroc, auroc, auroc], [1, -1 / 3, -1 / 3, -1 / 3]);
    expect(same).toMatchObject({ estimate: 0, low: 0, high: 0, standardError: 0, p: 1 });
    expect(contrast(Array(8).fill(auroc), [1, ...Array(7).fill(-1 / 7)])).toMatchObject({ estimate: 0, p: 1 });
  });

  it("rocBand encloses the curve and starts and ends in the corners", () => {
    const { falsePositiveRate, low, high } = rocBand({ labels, scores }, { seed: 1, resamples: 200, points: 10 });
    expect(falsePositiveRate).toHaveLength(11);
    expect(low.every((value, k) => value <= high[k]!)).toBe(true);
    expect([low[10], high[10]]).toEqual([1, 1]);
  });

  it("a subgroup's row is the analysis of its cases alone", () => {
    const groups = labels.map((_, i) => (i < 120 ? "first" : "rest"));
    const rows = subgroups({ labels, scores }, groups, statistics, { seed: 1, resamples: 50 });
    expect(rows.map(({ group, cases, positives }) => [group, cases, positives])).toEqual([
      ["first", 120, 30],
      ["rest", 180, 45],
    ]);
    const alone = bootstrapRoc({ labels: labels.slice(0, 120), scores: scores.slice(0, 120) }, statistics, { seed: 1, resamples: 50 }).auroc;
    expect(rows[0]!.estimates!.auroc).toEqual(alone);
  });
});
