import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolAdjacentViolators } from "../src/index.ts";

/** The definition (max-min formula): at each group the highest, over starts up to it, of the lowest mean over ends from it. */
function slow(sums: readonly number[], weights: readonly number[]): number[] {
  const mean = (from: number, to: number) => {
    const [sum, weight] = [sums, weights].map((list) => list.slice(from, to).reduce((a, b) => a + b, 0)) as [number, number];
    return sum / weight;
  };
  const places = sums.map((_, i) => i);
  return places.map((i) =>
    Math.max(...places.filter((a) => a <= i).map((a) => Math.min(...places.filter((b) => b >= i).map((b) => mean(a, b + 1))))),
  );
}

describe("poolAdjacentViolators", () => {
  it("is the max-min formula (slow twin)", () => {
    const groups = fc.array(fc.record({ positives: fc.nat(3), others: fc.nat(3) }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(groups, (list) => {
        const [sums, weights] = [list.map(({ positives }) => positives), list.map(({ positives, others }) => positives + others + 1)];
        const blocks = poolAdjacentViolators(sums, weights);
        const values = blocks.flatMap(({ end, mean }, b) => Array.from({ length: end - (blocks[b - 1]?.end ?? 0) }, () => mean));
        expectClose(values, slow(sums, weights), { absolute: 1e-12 });
      }),
      { seed: 3 },
    );
  });

  it("joins a group without weight to the block before; 0 where nothing weighs anything", () => {
    expect(poolAdjacentViolators([1, 0, 3], [2, 0, 3])).toEqual([
      { end: 2, mean: 0.5 },
      { end: 3, mean: 1 },
    ]);
    expect(poolAdjacentViolators([0, 0], [0, 0])).toEqual([{ end: 2, mean: 0 }]);
    expect(poolAdjacentViolators([], [])).toEqual([]);
  });
});
