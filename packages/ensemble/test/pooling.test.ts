import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { mergeDetections, poolLogits, poolProbabilities } from "../src/index.ts";

describe("poolProbabilities", () => {
  it("takes the mean of logits, or of probabilities", () => {
    expectClose(poolProbabilities([0.2, 0.8]), 0.5, { absolute: 1e-15 });
    // Odds 1/9 and 1: geometric mean 1/3.
    expectClose(poolProbabilities([0.1, 0.5]), 0.25, { relative: 1e-12 });
    expectClose(poolProbabilities([0.1, 0.5], { method: "mean-prob" }), 0.3, { relative: 1e-12 });
  });

  it("weighs its members", () => {
    expectClose(poolProbabilities([0.1, 0.5], { weights: [0, 3] }), 0.5, { relative: 1e-12 });
    expectClose(poolProbabilities([0.1, 0.4], { weights: [1, 2], method: "mean-prob" }), 0.3, { relative: 1e-12 });
    expect(poolLogits([-1, 2], [2, 1])).toBe(0);
  });

  it("lets no single member decide, however sure", () => {
    expect(poolProbabilities([0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])).toBeGreaterThan(0.4);
    expectClose(poolProbabilities([0, 1]), 0.5, { absolute: 1e-9 });
  });
});

describe("mergeDetections", () => {
  const box = { top: 0, left: 0, bottom: 10, right: 10 };

  it("counts the models that took part and those that saw nothing", () => {
    expect(mergeDetections([[{ box, label: 1, score: 0.9 }], []])).toEqual([{ box, label: 1, score: 0.45, models: 1, agreement: 0.5 }]);
    expect(mergeDetections([[{ box, label: 1, score: 0.9 }], [{ box, label: 1, score: 0.5 }]])[0]).toMatchObject({ score: 0.7, models: 2 });
  });

  it("weighs boxes by score and keeps classes apart", () => {
    const shifted = { top: 1, left: 0, bottom: 11, right: 10 };
    const merged = mergeDetections([[{ box, label: 1, score: 0.75 }], [{ box: shifted, label: 1, score: 0.25 }]]);
    expect(merged[0]!.box).toEqual({ top: 0.25, left: 0, bottom: 10.25, right: 10 });
    expect(mergeDetections([[{ box, label: 1, score: 0.75 }], [{ box, label: 2, score: 0.25 }]])).toHaveLength(2);
  });

  it("fuses detections that all score 0", () => {
    const shifted = { top: 1, left: 0, bottom: 11, right: 10 };
    const merged = mergeDetections([[{ box, label: 1, score: 0 }], [{ box: shifted, label: 1, score: 0 }]]);
    expect(merged).toEqual([{ box: { top: 0.5, left: 0, bottom: 10.5, right: 10 }, label: 1, score: 0, models: 2, agreement: 1 }]);
  });

  it("gives an empty list for no detections", () => {
    expect(mergeDetections([[], []])).toEqual([]);
    expect(mergeDetections([])).toEqual([]);
  });
});
