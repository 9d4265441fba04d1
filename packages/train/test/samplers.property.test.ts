import { balancedSampler, type SampledItem, splitByPatient } from "@mammo/train";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const patients = fc.integer({ min: 0, max: 15 }).map((number) => `patient ${number}`);
const items: fc.Arbitrary<SampledItem[]> = fc
  .array(fc.record({ patientId: patients, label: fc.constantFrom(0, 1) }), { maxLength: 60 })
  .map((some) => [...some, { patientId: "patient 0", label: 0 }, { patientId: "patient 1", label: 1 }]);
const seed = fc.integer();

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
        const women = new Set(items.filter(({ label }) => label === 1).map(({ patientId }) => patientId));
        const sample = balancedSampler(items, { perBatch: { 0: 0, 1: women.size }, seed });
        const most = 60;
        const seen = new Map<number, number>();
        for (let epoch = 0; epoch < most; epoch++) {
          const batch = sample(epoch);
          expect(new Set(batch.map((index) => items[index]!.patientId))).toEqual(women);
          for (const index of batch) seen.set(index, (seen.get(index) ?? 0) + 1);
        }
        for (const woman of women) {
          const counts = [...items.entries()]
            .filter(([, item]) => item.patientId === woman && item.label === 1)
            .map(([index]) => seen.get(index) ?? 0);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each<[string, Record<number, number>, string]>([
    ["a label without examples", { 0: 1, 1: 1, 2: 1 }, "Expected examples of label 2, got none."],
    ["a label without a place", { 0: 1 }, "Expected the labels 0, got an example of label 1."],
    ["fewer than no example", { 0: -1, 1: 1 }, "Expected a whole number of examples of label 0 in a batch, got -1."],
    ["half an example", { 0: 0.5, 1: 1 }, "Expected a whole number of examples of label 0 in a batch, got 0.5."],
  ])("refuses %s", (_, perBatch, message) => {
    const two = [
      { patientId: "a", label: 0 },
      { patientId: "b", label: 1 },
    ];
    expect(() => balancedSampler(two, { perBatch, seed: 1 })).toThrow(message);
  });
});

describe("splitByPatient", () => {
  /** With twenty women of each label beside them, so that every part has some. */
  const cohorts = items.map((some) => [...some, ...Array.from({ length: 40 }, (_, index) => ({ patientId: `other ${index}`, label: index % 2 }))]);
  const fractions = { train: 0.6, validation: 0.15, test: 0.25 };

  it("each woman is in exactly one part, whatever the order of the items", () => {
    fc.assert(
      fc.property(cohorts, seed, (items, seed) => {
        const split = splitByPatient(items, fractions, seed);
        const placed = Object.values(split).flatMap((part) => [...part]);
        expect(placed.sort()).toEqual([...new Set(items.map(({ patientId }) => patientId))].sort());
        expect(splitByPatient([...items].reverse(), fractions, seed)).toEqual(split);
      }),
    );
  });

  it("each label is split in the fractions, to the nearest woman", () => {
    fc.assert(
      fc.property(cohorts, seed, (items, seed) => {
        const split = splitByPatient(items, fractions, seed);
        const positive = new Set(items.filter(({ label }) => label === 1).map(({ patientId }) => patientId));
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
    const many = Array.from({ length: 40 }, (_, index) => ({ patientId: `${index}`, label: index % 2 }));
    expect(splitByPatient(many, fractions, 1)).not.toEqual(splitByPatient(many, fractions, 2));
  });

  it("takes fractions whose sum is rounded", () => {
    const two = ["a", "b"].map((patientId) => ({ patientId, label: 0 }));
    expect(splitByPatient(two, { train: 0.5, test: 0.5 + 0.9e-9 }, 1).test.size).toBe(1);
  });

  it("takes all of a label in the parts' own order where fractions are 0 or 1", () => {
    const two = [
      { patientId: "a", label: 0 },
      { patientId: "b", label: 1 },
    ];
    expect(splitByPatient(two, { train: 0, test: 1 }, 1)).toEqual({ train: new Set(), test: new Set(["a", "b"]) });
  });

  it("a part of fraction f has round(f n) women of each label, the last part the rest", () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ patientId: `${index}`, label: index < 10 ? 1 : 0 }));
    const split = splitByPatient(many, { train: 0.6, validation: 0.15, test: 0.25 }, 3);
    const counts = Object.values(split).map((part) =>
      [1, 0].map((label) => [...part].filter((woman) => many[Number(woman)]!.label === label).length),
    );
    expect(counts).toEqual([
      [6, 12],
      [2, 3],
      [2, 5],
    ]);
  });

  it("a woman's label is her highest, wherever it comes", () => {
    const items = Array.from({ length: 40 }, (_, index) => ({
      patientId: `${index % 20}`,
      label: index === 3 || index === 24 || index === 2 || index === 22 ? 1 : 0,
    }));
    const split = splitByPatient(items, { a: 0.5, b: 0.5 }, 5);
    // Three positive women (2, 3 and 4): two to one, whichever image says so.
    expect([...split.a].filter((woman) => ["2", "3", "4"].includes(woman)).length).toBe(2);
  });

  it.each<[what: string, items: SampledItem[], fractions: Record<string, number>, message: string]>([
    ["fractions that do not sum to 1", [], { train: 0.5, test: 0.4 }, 'sum to 1, got {"train":0.5,"test":0.4}'],
    ["fractions whose sum is beside 1 by more than a billionth", [], { train: 0.5, test: 0.500000002 }, "sum to 1"],
    ["a negative fraction", [], { train: 1.5, test: -0.5 }, "fractions of at least 0"],
    ["a fraction of NaN", [], { train: Number.NaN, test: 1 }, "fractions of at least 0"],
    ["a label of NaN", [{ patientId: "a", label: Number.NaN }], { train: 1 }, "Expected a number as label of every item, got NaN."],
    ["a label of Infinity", [{ patientId: "a", label: Number.POSITIVE_INFINITY }], { train: 1 }, "got Infinity"],
    ["no item", [], { train: 1 }, "Expected at least one woman in the part train (fraction 1), got none out of 0: take more women."],
    [
      "too few women for a part",
      [
        { patientId: "a", label: 0 },
        { patientId: "b", label: 1 },
      ],
      { train: 0.6, test: 0.4 },
      "at least one woman in the part test (fraction 0.4), got none out of 2",
    ],
  ])("refuses %s", (_, items, fractions, message) => {
    expect(() => splitByPatient(items, fractions, 1)).toThrow(message);
  });
});
