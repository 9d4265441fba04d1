import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortNumbers, sortOrder } from "../src/index.ts";

describe("sorting", () => {
  it("puts doubles in order that differ in their last bits only, a few of them or all", () => {
    const ulp = 2 ** -52;
    const fallen = Array.from({ length: 3000 }, (_, i) => 1 + ulp * (3000 - i));
    // Five are three places too early: found by few moves.
    const nearly = Array.from({ length: 3000 }, (_, i) => 1 + ulp * (i % 600 === 0 ? i + 3.5 : i) * 2);
    for (const values of [fallen, nearly]) {
      const slow = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
      const { order, sorted } = sortOrder(values);
      expect(Array.from(order)).toEqual(slow);
      expect(Array.from(sorted)).toEqual(slow.map((i) => values[i]!));
    }
  });

  it("leaves 0 and -0 in their order, however many there are", () => {
    const values = Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? 0 : -0));
    const { order, sorted } = sortOrder([...values, -1]);
    expect(Array.from(order)).toEqual([3000, ...values.map((_, i) => i)]);
    expect(Array.from(sorted)).toEqual([-1, ...values.map(() => 0)]);
  });

  it("is that of a comparator, stable, for any finite doubles and long lists", () => {
    const doubles = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 }), fc.constant(-0)), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(doubles, fc.constantFrom(1, 100), fc.constantFrom(1, 1e-300, 1e-15), (values, copies, scale) => {
        // Steps far below the first 40 bits force the sort to look at all of them.
        const long = Array.from({ length: copies }, (_, c) =>
          values.map((value) => (scale === 1 ? value : 1 + c * scale + (value > 0 ? scale : 0))),
        ).flat();
        const { order, sorted } = sortOrder(long);
        const slow = long.map((_, i) => i).sort((a, b) => long[a]! - long[b]! || a - b);
        expect(Array.from(order)).toEqual(slow);
        expect(Array.from(sorted)).toEqual(slow.map((i) => long[i]! + 0));
        expect(Array.from(sortNumbers(Float64Array.from(long, (value) => value + 0)))).toEqual(Array.from(sorted));
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});
