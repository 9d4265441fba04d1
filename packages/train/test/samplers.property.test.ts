import { balancedSampler, permutation, randomAt, type SampledItem, splitByWoman } from "@mammo/train";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const women = fc.integer({ min: 0, max: 15 }).map((number) => `woman ${number}`);
const items: fc.Arbitrary<SampledItem[]> = fc
  .array(fc.record({ woman: women, label: fc.constantFrom(0, 1) }), { maxLength: 60 })
  .map((some) => [...some, { woman: "woman 0", label: 0 }, { woman: "woman 1", label: 1 }]);
const seed = fc.integer();

describe("randomAt", () => {
  it("is a pure function of its key, in [0, 1), and another key draws other numbers", () => {
    fc.assert(
      fc.property(seed, fc.string(), (seed, text) => {
        const [a, b, c] = [randomAt(seed, text), randomAt(seed, text), randomAt(seed + 1, text)];
        const drawn = [a(), a(), a()];
        expect([b(), b(), b()]).toEqual(drawn);
        expect([c(), c(), c()]).not.toEqual(drawn);
        for (const number of drawn) expect(number >= 0 && number < 1).toBe(true);
      }),
    );
  });

  it("keeps its numbers from version to version: old runs must resume", () => {
    const random = randomAt(7, "augment", 3);
    expect([random(), random()]).toEqual([0.5167997415642502, 0.5505117072880181]);
  });

  it("neighbouring keys are independent: the first two draws fill the square evenly", () => {
    const counts = new Array<number>(100).fill(0);
    for (let step = 0; step < 20_000; step++) {
      const random = randomAt(1, step);
      counts[Math.floor(random() * 10) * 10 + Math.floor(random() * 10)]! += 1;
    }
    // χ² with 99 degrees of freedom: 148.2 is the 0.1 % point.
    expect(counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)).toBeLessThan(148.2);
  });
});

describe("permutation", () => {
  it("has each number once; seed and epoch change the order", () => {
    fc.assert(
      fc.property(fc.nat(200), seed, fc.nat(), (length, seed, epoch) => {
        const order = permutation(length, seed, epoch);
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
        expect(permutation(length, seed, epoch)).toEqual(order);
      }),
    );
    expect(permutation(50, 1, 0)).not.toEqual(permutation(50, 1, 1));
  });

  it("all orders of three come equally often", () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++)
      counts.set(permutation(3, 5, epoch).join(""), (counts.get(permutation(3, 5, epoch).join("")) ?? 0) + 1);
    expect(counts.size).toBe(6);
    // χ² with 5 degrees of freedom: 20.5 is the 0.1 % point.
    expect([...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(20.5);
  });
});

describe("balancedSampler", () => {
  it("every batch has its share of each label, and any step is drawn alike in any order of asking", () => {
    fc.assert(
      fc.property(items, seed, fc.nat(5), fc.nat(5), (items, seed, negatives, positives) => {
        const perBatch = { 0: negatives, 1: positives };
        const sample = balancedSampler(items, { perBatch, seed });
        const steps = Array.from({ length: 12 }, (_, step) => sample(step));
        for (const batch of steps) {
          expect(batch.map((index) => items[index]!.label)).toEqual([...new Array(negatives).fill(0), ...new Array(positives).fill(1)]);
        }
        const again = balancedSampler(items, { perBatch, seed });
        expect([...steps.keys()].reverse().map((step) => again(step))).toEqual([...steps].reverse());
      }),
    );
  });

  it("in each epoch of a label every woman comes exactly once, and in time each of her examples equally often", () => {
    fc.assert(
      fc.property(items, seed, (items, seed) => {
        const women = new Set(items.filter(({ label }) => label === 1).map(({ woman }) => woman));
        const sample = balancedSampler(items, { perBatch: { 0: 0, 1: women.size }, seed });
        const most = 60;
        const seen = new Map<number, number>();
        for (let epoch = 0; epoch < most; epoch++) {
          const batch = sample(epoch);
          expect(new Set(batch.map((index) => items[index]!.woman))).toEqual(women);
          for (const index of batch) seen.set(index, (seen.get(index) ?? 0) + 1);
        }
        for (const woman of women) {
          const counts = [...items.entries()].filter(([, item]) => item.woman === woman && item.label === 1).map(([index]) => seen.get(index) ?? 0);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each<[string, Record<number, number>, string]>([
    ["a label without examples", { 0: 1, 1: 1, 2: 1 }, "Expected examples of label 2, got none."],
    ["a label without a place", { 0: 1 }, "Expected the labels 0, got an example of label 1."],
    ["half an example", { 0: 0.5, 1: 1 }, "Expected a whole number of examples of label 0 in a batch, got 0.5."],
  ])("refuses %s", (_, perBatch, message) => {
    const two = [
      { woman: "a", label: 0 },
      { woman: "b", label: 1 },
    ];
    expect(() => balancedSampler(two, { perBatch, seed: 1 })).toThrow(message);
  });
});

describe("splitByWoman", () => {
  const fractions = { train: 0.6, validation: 0.15, test: 0.25 };

  it("each woman is in exactly one part, whatever the order of the items", () => {
    fc.assert(
      fc.property(items, seed, (items, seed) => {
        const split = splitByWoman(items, fractions, seed);
        const placed = Object.values(split).flatMap((part) => [...part]);
        expect(placed.sort()).toEqual([...new Set(items.map(({ woman }) => woman))].sort());
        expect(splitByWoman([...items].reverse(), fractions, seed)).toEqual(split);
      }),
    );
  });

  it("each label is split in the fractions, to the nearest woman", () => {
    fc.assert(
      fc.property(items, seed, (items, seed) => {
        const split = splitByWoman(items, fractions, seed);
        const positive = new Set(items.filter(({ label }) => label === 1).map(({ woman }) => woman));
        const count = (part: ReadonlySet<string>, wanted: boolean) => [...part].filter((woman) => positive.has(woman) === wanted).length;
        for (const wanted of [true, false]) {
          const total = Object.values(split).reduce((sum, part) => sum + count(part, wanted), 0);
          for (const [part, fraction] of Object.entries(fractions)) {
            expect(Math.abs(count(split[part as keyof typeof split], wanted) - fraction * total)).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it("another seed gives another split", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ woman: `${index}`, label: index % 2 }));
    expect(splitByWoman(many, fractions, 1)).not.toEqual(splitByWoman(many, fractions, 2));
  });

  it("refuses fractions that do not sum to 1", () => {
    expect(() => splitByWoman([], { train: 0.5, test: 0.4 }, 1)).toThrow('sum to 1, got {"train":0.5,"test":0.4}');
  });
});
