import { describe, expect, it } from "vitest";
import {
  interpolatedSensitivityAt,
  interpolatedSpecificityAt,
  operatingPoint,
  rocBand,
  rocCurve,
  sensitivityAt,
  specificityAt,
} from "../src/index.ts";

// Positives 0.9 0.7 0.7 0.2, negatives 0.8 0.7 0.3 0.1: points (0, .25) (.25, .25) (.5, .75) (.75, .75) (.75, 1) (1, 1).
const labels = [1, 1, 1, 1, 0, 0, 0, 0];
const scores = [0.9, 0.7, 0.7, 0.2, 0.8, 0.7, 0.3, 0.1];
const curve = rocCurve(labels, scores);

describe("operating points", () => {
  it("step: the best threshold that keeps the promise", () => {
    expect(specificityAt(0.75, curve)).toEqual({ specificity: 0.5, threshold: 0.7 });
    expect(specificityAt(0.76, curve)).toEqual({ specificity: 0.25, threshold: 0.2 });
    expect(specificityAt(0, curve)).toEqual({ specificity: 1, threshold: Infinity });
    expect(sensitivityAt(0.5, curve)).toEqual({ sensitivity: 0.75, threshold: 0.7 });
    expect(sensitivityAt(0.74, curve)).toEqual({ sensitivity: 0.25, threshold: 0.9 });
    expect(sensitivityAt(0, curve)).toEqual({ sensitivity: 1, threshold: 0.2 });
  });

  it("interpolated: on the line between two thresholds", () => {
    expect(interpolatedSpecificityAt(0.5, curve)).toBe(0.625);
    expect(interpolatedSpecificityAt(0.25, curve)).toBe(1);
    expect(interpolatedSensitivityAt(0.625, curve)).toBe(0.5);
    expect(interpolatedSensitivityAt(0.25, curve)).toBe(1);
    expect(interpolatedSensitivityAt(1, curve)).toBe(0.25);
  });

  it("the threshold that is named gives what was promised", () => {
    const { specificity, threshold } = specificityAt(0.75, curve);
    expect(operatingPoint(labels, scores, threshold)).toEqual({ sensitivity: 0.75, specificity });
    expect(operatingPoint(labels, scores, Infinity)).toEqual({ sensitivity: 0, specificity: 1 });
  });

  // Rates are asked for as k / n, as decimals and as 1 - k / n: each is a rate of the curve, whatever its last bit says.
  const spellings = (k: number, n: number) => [k / n, Number((k / n).toFixed(15)), 1 - (n - k) / n, 1 - (1 - k / n)];

  it("a rate of the curve is found whatever its last bit says: interpolated, by steps, with weights", () => {
    for (const n of [3, 7, 10, 49, 60, 177]) {
      // Each level of score holds one positive and one negative, the positive above: the curve is a stair of n steps.
      const l = Array.from({ length: 2 * n }, (_, i) => 1 - (i % 2));
      const s = l.map((_, i) => -i);
      for (const weights of [undefined, l.map(() => 0.1), l.map((label) => (label === 1 ? 1e-3 : 0.7))]) {
        const stair = rocCurve(l, s, weights && { weights });
        for (let k = 0; k < n; k++)
          for (const rate of spellings(k, n)) {
            // At f = (n - k) / n the stair rises from (n - k) / n to one step more.
            const top = Math.min(1, (n - k + 1) / n);
            expect(interpolatedSensitivityAt(rate, stair)).toBeCloseTo(top, 12);
            expect(sensitivityAt(rate, stair).sensitivity).toBeCloseTo(top, 12);
            // At t = k / n it runs level from f = (k - 1) / n: the left end.
            const left = 1 - Math.max(0, k - 1) / n;
            expect(interpolatedSpecificityAt(rate, stair)).toBeCloseTo(left, 12);
            expect(specificityAt(rate, stair).specificity).toBeCloseTo(left, 12);
          }
      }
    }
  });

  it("many equal weights do not move a rate", () => {
    const n = 200_000;
    const l = Array.from({ length: n }, (_, i) => i % 2);
    const s = l.map((_, i) => i);
    const weighted = rocCurve(l, s, { weights: l.map(() => 0.0035 / 3) });
    const plain = rocCurve(l, s);
    for (const rate of [0.1, 0.8, 0.9]) {
      expect(specificityAt(rate, weighted).threshold).toBe(specificityAt(rate, plain).threshold);
      expect(sensitivityAt(rate, weighted).threshold).toBe(sensitivityAt(rate, plain).threshold);
      expect(interpolatedSensitivityAt(rate, weighted)).toBeCloseTo(interpolatedSensitivityAt(rate, plain), 12);
    }
  });

  it("the band of a curve that rises at a rate reaches its top there", () => {
    // Nine of ten positives above all negatives: upright to 0.9 at 0, level to 0.9, then upright to 1 (and so in each resample).
    const l = [1, ...Array<number>(90).fill(1), ...Array<number>(100).fill(0), ...Array<number>(10).fill(1)];
    const s = l.map((label, i) => (label === 0 ? 5 : i < 91 ? 9 : 1));
    const band = rocBand({ labels: l, scores: s }, { seed: 1, resamples: 60, points: 10 });
    expect(band.low[0]).toBeGreaterThan(0.8);
    expect(band.high[10]).toBe(1);
  });

  it("4 of 5 is a sensitivity of 0.8, whatever the last bit says", () => {
    for (let n = 5; n <= 200; n += 5) {
      const l = Array.from({ length: 2 * n }, (_, i) => Number(i < n));
      const s = l.map((label, i) => (label === 1 ? (i < (4 * n) / 5 ? 3 : 0) : i % 2));
      expect(specificityAt(0.8, rocCurve(l, s)).threshold).toBe(3);
      expect(
        sensitivityAt(
          0.8,
          rocCurve(
            l,
            l.map((label, i) => (label === 1 ? 2 : i < n + n / 5 ? 3 : 1)),
          ),
        ).sensitivity,
      ).toBe(1);
    }
  });
});
