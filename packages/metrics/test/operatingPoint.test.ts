import { describe, expect, it } from "vitest";
import { interpolatedSensitivityAt, interpolatedSpecificityAt, operatingPoint, rocCurve, sensitivityAt, specificityAt } from "../src/index.ts";

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
