import { compareWeights, requireAllLoaded, type Shaped } from "@mammo/weights";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const shaped: fc.Arbitrary<Shaped> = fc.oneof(
  fc.constantFrom(0, 7),
  fc.constantFrom([], [1], [2, 3], [3, 2]).map((shape) => ({ shape })),
);
const weights = fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__", "constructor", "toString", "12"), shaped);

/** The definition: alike are two numbers, or two arrays whose sides are the same. */
const isAlike = (a: Shaped, b: Shaped) =>
  JSON.stringify(typeof a === "number" ? "number" : a.shape) === JSON.stringify(typeof b === "number" ? "number" : b.shape);

describe("compareWeights", () => {
  it("puts each name of both sides in exactly one list, by its definition, sorted", () => {
    fc.assert(
      fc.property(weights, weights, (target, source) => {
        const comparison = compareWeights(target, source);
        const all = [...new Set([...Object.keys(target), ...Object.keys(source)])].sort();
        const lists = Object.values(comparison) as string[][];
        expect(lists.flat().sort()).toEqual(all);
        for (const list of lists) expect(list).toEqual([...list].sort());
        for (const name of all) {
          const [inTarget, inSource] = [Object.hasOwn(target, name), Object.hasOwn(source, name)];
          const expected = !inSource ? "missing" : !inTarget ? "unexpected" : isAlike(target[name]!, source[name]!) ? "loaded" : "shapeMismatch";
          expect(comparison[expected], name).toContain(name);
        }
      }),
    );
  });

  it("the other way round, missing and unexpected change places", () => {
    fc.assert(
      fc.property(weights, weights, (target, source) => {
        const { loaded, missing, shapeMismatch, unexpected } = compareWeights(target, source);
        expect(compareWeights(source, target)).toEqual({ loaded, missing: unexpected, shapeMismatch, unexpected: missing });
      }),
    );
  });
});

describe("requireAllLoaded", () => {
  it("throws exactly where something does not fit, and names all of it", () => {
    fc.assert(
      fc.property(weights, weights, (target, source) => {
        const comparison = compareWeights(target, source);
        const { missing, shapeMismatch, unexpected } = comparison;
        if (missing.length + shapeMismatch.length + unexpected.length === 0) return requireAllLoaded(comparison);
        expect(() => requireAllLoaded(comparison)).toThrow(expect.objectContaining({ name: "WeightsError", code: "mismatch", comparison }));
        for (const name of [...missing, ...shapeMismatch, ...unexpected]) expect(() => requireAllLoaded(comparison)).toThrow(name);
      }),
    );
  });

  it("says how many of each kind, and nothing of kinds without any", () => {
    const [target, source] = [
      { a: { shape: [2] }, b: { shape: [2] } },
      { b: { shape: [3] }, c: 1 },
    ];
    expect(() => requireAllLoaded(compareWeights(target, source))).toThrow(
      "Expected one array for each weight of the model. 1 missing: a. 1 of another shape: b. 1 unexpected: c.",
    );
    expect(() => requireAllLoaded(compareWeights(target, {}))).toThrow(/model\. 2 missing: a, b\.$/);
  });
});
