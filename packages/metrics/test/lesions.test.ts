import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import {
  bootstrapFroc,
  centerDistanceRule,
  centerInBoxRule,
  frocCurve,
  frocScore,
  frocSensitivityAt,
  matchMarks,
  overlapRule,
  wafrocArea,
} from "../src/index.ts";

const box = (top: number, left: number, bottom: number, right: number) => ({ top, left, bottom, right });

/** Two images with lesions (one and two), two without. */
const images = [
  {
    truths: 1,
    marks: [
      { score: 0.9, truth: 0 },
      { score: 0.8, truth: 0 },
      { score: 0.3, truth: -1 },
    ],
  },
  {
    truths: 2,
    marks: [
      { score: 0.6, truth: 1 },
      { score: 0.7, truth: -1 },
    ],
  },
  { truths: 0, marks: [{ score: 0.6, truth: -1 }] },
  { truths: 0, marks: [] },
];

describe("hit rules", () => {
  it("overlap: intersection over union at least the minimum", () => {
    expectClose(overlapRule(0.3)(box(0, 0, 10, 10), box(0, 5, 10, 15)), 1 / 3, { absolute: 1e-12 });
    expect(overlapRule(0.34)(box(0, 0, 10, 10), box(0, 5, 10, 15))).toBe(0);
    expect(overlapRule(0.1)(box(0, 0, 10, 10), box(0, 10, 10, 20))).toBe(0);
    expect(() => overlapRule(0)).toThrow(new RangeError("Expected minimum in (0, 1], got 0"));
  });

  it("center in box, its border included", () => {
    expect(centerInBoxRule()(box(0, 0, 10, 10), box(5, 5, 9, 9))).toBeGreaterThan(0);
    expect(centerInBoxRule()(box(0, 0, 10, 10), box(5.1, 5, 9, 9))).toBe(0);
  });

  it("DBTex: no further than half the diagonal of the truth, or than 100 pixels; on the circle is a hit", () => {
    const far = (pixels: number) => box(pixels - 1, -1, pixels + 1, 1);
    const [small, large] = [box(-5, -5, 5, 5), box(-150, -200, 150, 200)];
    expect(centerDistanceRule()(far(99), small)).toBeGreaterThan(0);
    expect(centerDistanceRule()(far(100), small)).toBeGreaterThan(0);
    expect(centerDistanceRule()(far(100.5), small)).toBe(0);
    expect(centerDistanceRule()(far(249), large)).toBeGreaterThan(0);
    expect(centerDistanceRule()(far(250), large)).toBeGreaterThan(0);
    expect(centerDistanceRule()(far(250.5), large)).toBe(0);
  });

  it("boxes without extent are refused by name, whatever the rule: a swapped corner would be a silent miss", () => {
    const [good, mark] = [box(0, 0, 10, 10), (b: object) => [{ box: b as typeof good, score: 1 }]];
    const bad = {
      swapped: box(10, 0, 0, 10),
      empty: box(0, 5, 10, 5),
      nan: box(0, NaN, 10, 10),
      infinite: box(0, 0, Infinity, 10),
      missing: { top: 0, left: 0 },
    };
    for (const [name, b] of Object.entries(bad)) {
      for (const rule of [overlapRule(0.1), centerInBoxRule(), centerDistanceRule(), () => 1]) {
        expect(() => matchMarks(mark(b), [good], rule), name).toThrow(
          /^Expected marks\[0\].box with finite top < bottom and left < right, got \{"top":/,
        );
        expect(() => matchMarks(mark(good), [good, b as typeof good], rule), name).toThrow(/^Expected truths\[1\] with finite top/);
      }
      expect(() => matchMarks(mark(b), [], overlapRule(0.5)), name).toThrow(RangeError);
    }
    expect(() => matchMarks(mark(null as unknown as object), [good], overlapRule(0.5))).toThrow(
      new TypeError("Expected marks[0].box to be a box, got null"),
    );
  });

  it("a mark goes to the lesion that it hits best, or to none", () => {
    const truths = [box(0, 0, 10, 10), box(0, 4, 10, 14), box(100, 100, 110, 110)];
    const marks = [box(0, 3, 10, 13), box(50, 50, 60, 60), box(0, 1, 10, 11)].map((b, k) => ({ box: b, score: k }));
    expect(matchMarks(marks, truths, overlapRule(0.2)).marks.map(({ truth }) => truth)).toEqual([1, -1, 0]);
  });
});

describe("frocCurve", () => {
  it("counts a lesion once, by its highest mark, and false marks by image", () => {
    const curve = frocCurve(images);
    expect(Array.from(curve.thresholds)).toEqual([Infinity, 0.9, 0.7, 0.6, 0.3]);
    expectClose(curve.sensitivity, [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3], { absolute: 1e-12 });
    expectClose(curve.falseMarksPerImage, [0, 0, 0.25, 0.5, 0.75], { absolute: 1e-12 });
    expectClose(frocSensitivityAt(0.4, curve), 1 / 3, { absolute: 1e-12 });
    expectClose(frocSensitivityAt(0.5, curve), 2 / 3, { absolute: 1e-12 });
    expectClose(frocScore(curve, [0, 1]), (1 / 3 + 2 / 3) / 2, { absolute: 1e-12 });
  });

  it("has no sensitivity without a lesion", () => {
    expect(frocSensitivityAt(1, frocCurve(images.slice(2)))).toBeNaN();
  });

  it.each([
    ["at least one image, got none", () => frocCurve([])],
    ["images[0].truths to be a whole number >= 0, got -1", () => frocCurve([{ truths: -1, marks: [] }])],
    ["images[0].marks[0].score to be a finite number, got NaN", () => frocCurve([{ truths: 0, marks: [{ score: NaN, truth: -1 }] }])],
    ["images[1].marks[0].truth to be -1 or a lesion below 1, got 1", () => wafrocArea([images[3]!, { truths: 1, marks: [{ score: 1, truth: 1 }] }])],
    ["images[0].weights to be 2 weights >= 0 with sum 1, got [1,1]", () => wafrocArea([{ truths: 2, marks: [], weights: [1, 1] }])],
    ["falseMarksPerImage >= 0, got -1", () => frocSensitivityAt(-1, frocCurve(images))],
    ["at least 2 clusters to draw from, got 1", () => bootstrapFroc(images, () => 1, { seed: 1, exams: ["a", "a", "a", "a"] })],
  ])("Expected %s", (message, run) => {
    expect(run).toThrow(new RangeError(`Expected ${message}`));
  });
});

describe("wafrocArea", () => {
  it("is the weighted share of (lesion, normal image) pairs won (by hand)", () => {
    // Normals stand at 0.6 and -Infinity. Lesion 0.9 wins both. Of the second image: unmarked loses and ties, 0.6 ties and wins.
    const expected = (1 + (0.5 * (0 + 0.5) + 0.5 * (0.5 + 1)) / 2) / 2;
    expectClose(wafrocArea(images), expected, { absolute: 1e-12 });
    expectClose(wafrocArea([images[0]!, { ...images[1]!, weights: [0, 1] }, images[2]!, images[3]!]), (1 + 1.5 / 2) / 2, { absolute: 1e-12 });
  });

  it("is NaN without normal images", () => {
    expect(wafrocArea(images.slice(0, 2))).toBeNaN();
  });

  it("has an interval drawn by exam", () => {
    const many = Array.from({ length: 10 }, () => images).flat();
    const exams = many.map((_, i) => i >> 2);
    const { estimate, low, high } = bootstrapFroc(many, wafrocArea, { seed: 1, resamples: 200, exams });
    // All exams are alike here: drawn whole, there is nothing that varies.
    expectClose([low, high], [estimate, estimate], { absolute: 1e-12 });
    expect(bootstrapFroc(many, wafrocArea, { seed: 1, resamples: 200 }).low).toBeLessThan(estimate);
  });
});
