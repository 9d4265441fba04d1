import { rateSampler, type SampledItem } from "@mammo/train";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const items: fc.Arbitrary<SampledItem[]> = fc
  .array(fc.record({ patientId: fc.integer({ min: 0, max: 12 }).map(String), label: fc.constantFrom(0, 1) }), { maxLength: 50 })
  .map((some) => [...some, { patientId: "0", label: 0 }, { patientId: "1", label: 1 }]);
const options = fc.record({
  seed: fc.integer(),
  size: fc.integer({ min: 1, max: 6 }),
  positiveRate: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
});

describe("rateSampler", () => {
  it("has its rate of positives among the first examples, however many, and each step alike in any order of asking", () => {
    fc.assert(
      fc.property(items, options, (items, options) => {
        const sample = rateSampler(items, options);
        const steps = Array.from({ length: 40 }, (_, step) => sample(step));
        for (const batch of steps) expect(batch).toHaveLength(options.size);
        let positives = 0;
        for (const [index, item] of steps.flat().entries()) {
          positives += items[item]!.label;
          expect(Math.abs(positives - (index + 1) * options.positiveRate)).toBeLessThan(1 + 1e-9);
        }
        const again = rateSampler(items, options);
        expect([...steps.keys()].reverse().map((step) => again(step))).toEqual([...steps].reverse());
      }),
    );
  });

  it("shows each woman of a label once before any of them again, and in time each of her examples", () => {
    fc.assert(
      fc.property(items, options, (items, options) => {
        const sample = rateSampler(items, options);
        const drawn = Array.from({ length: 300 }, (_, step) => sample(step)).flat();
        for (const label of [0, 1]) {
          const women = new Set(items.filter((item) => item.label === label).map(({ patientId }) => patientId));
          const own = drawn.filter((index) => items[index]!.label === label);
          for (let from = 0; from + women.size <= own.length; from += women.size)
            expect(new Set(own.slice(from, from + women.size).map((index) => items[index]!.patientId))).toEqual(women);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("has 29 positives among 100 at a rate of 0.29, whose product is a rounding below", () => {
    const sample = rateSampler(
      [0, 1].map((label) => ({ patientId: `${label}`, label })),
      { size: 100, positiveRate: 0.29, seed: 1 },
    );
    expect(sample(0).filter((index) => index === 1)).toHaveLength(29);
  });

  it("another seed gives another order", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ patientId: `${index}`, label: index % 2 }));
    const first = (seed: number) => rateSampler(many, { size: 20, positiveRate: 0.5, seed })(0);
    expect(first(1)).not.toEqual(first(2));
  });

  it.each<[what: string, over: object, message: string]>([
    ["a size of 0", { size: 0 }, "Expected a batch of a whole number of examples above 0, got 0."],
    ["a size of 1.5", { size: 1.5 }, "Expected a batch of a whole number of examples above 0, got 1.5."],
    ["a rate of 0", { positiveRate: 0 }, "Expected a rate of positives in (0, 1), got 0."],
    ["a rate of 1", { positiveRate: 1 }, "Expected a rate of positives in (0, 1), got 1."],
    ["a rate of NaN", { positiveRate: Number.NaN }, "Expected a rate of positives in (0, 1), got NaN."],
  ])("refuses %s", (_, over, message) => {
    const two = [0, 1].map((label) => ({ patientId: "a", label }));
    expect(() => rateSampler(two, { size: 2, positiveRate: 0.5, seed: 1, ...over })).toThrow(message);
  });

  it("refuses labels other than 0 and 1, and a label without an example", () => {
    const of = (...labels: number[]) => () => rateSampler(labels.map((label) => ({ patientId: "a", label })), { size: 2, positiveRate: 0.5, seed: 1 }); // biome-ignore format: one row
    expect(of(0, 1, 2)).toThrow("Expected the labels 0 and 1, got an example of label 2.");
    expect(of(0)).toThrow("Expected examples of label 1, got none.");
    expect(of(1)).toThrow("Expected examples of label 0, got none.");
  });
});
