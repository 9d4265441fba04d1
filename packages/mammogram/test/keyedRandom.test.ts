import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";

describe("keyedRandom", () => {
  it("gives the same numbers for the same key, others for another", () => {
    const draw = (...path: (string | number)[]) => Array.from({ length: 4 }, keyedRandom(...path).bits);
    expect(draw(1, "a")).toEqual(draw(1, "a"));
    expect(draw(1, "a")).not.toEqual(draw(1, "b"));
    expect(draw(1, 12)).not.toEqual(draw(11, 2));
    expect(draw("1")).not.toEqual(draw(1));
  });

  it("draws from the distributions that it names", () => {
    const random = keyedRandom("distributions");
    const normals = Array.from({ length: 20_000 }, random.normal);
    const mean = normals.reduce((sum, x) => sum + x, 0) / normals.length;
    expectClose(mean, 0, { absolute: 0.03 });
    expectClose(normals.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normals.length, 1, { absolute: 0.04 });
    const picks = Array.from({ length: 10_000 }, () => random.weighted({ rare: 1, often: 3, never: 0 }));
    expectClose(picks.filter((pick) => pick === "rare").length / 10_000, 0.25, { absolute: 0.02 });
    expect(picks).not.toContain("never");
    const wholes = Array.from({ length: 500 }, () => random.whole(2, 4));
    expect(new Set(wholes)).toEqual(new Set([2, 3, 4]));
  });

  it("fills the range of below evenly", () => {
    const random = keyedRandom("even");
    const counts = new Float64Array(7);
    for (let k = 0; k < 70_000; k++) counts[random.below(7)]!++;
    // Chi-square with six degrees of freedom exceeds 22.5 once in a thousand times.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5);
  });
});
