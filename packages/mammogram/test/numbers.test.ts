import { keyedRandom, keyHash, permutation, quantile, sortedNumbers } from "@mammo/mammogram";
import fc from "fast-check";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { describe, expect, it } from "vitest";

describe("keyedRandom", () => {
  it("draws the bits of pure-rand's xoroshiro128+ (twin)", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, name) => {
        const twin = xoroshiro128plus(keyHash(seed, name));
        const random = keyedRandom(seed, name);
        for (let draw = 0; draw < 200; draw++) expect(random.bits()).toBe(twin.next() >>> 0);
      }),
    );
  });

  it("keeps the numbers of its first release: phantoms and weights are made of them", () => {
    const random = keyedRandom(7, 12, "lesion");
    expect([random.bits(), random.below(1000), random.whole(-3, 3), random.chance(0.5), random.pick(["a", "b", "c"])]).toMatchInlineSnapshot(`
      [
        3452531966,
        3,
        3,
        false,
        "a",
      ]
    `);
    expect([random.uniform(), random.between(-1, 1), random.normal(), random.weighted({ mass: 3, asymmetry: 1 })]).toMatchInlineSnapshot(`
      [
        0.5704281784128398,
        0.47005576454102993,
        -0.9903795500285923,
        "mass",
      ]
    `);
  });

  it("tells a number from its text, and a key from its parts joined", () => {
    const first = (...key: (number | string)[]) => keyedRandom(...key).bits();
    expect(new Set([first(1, 2), first("1", 2), first(12), first("1/2"), first(1, "2"), first()]).size).toBe(6);
  });

  it("is uniform: 2^16 draws in 256 cells pass chi-square, for neighboring seeds too", () => {
    const counts = new Float64Array(256);
    for (let seed = 0; seed < 256; seed++) {
      const random = keyedRandom(seed, "uniform");
      for (let draw = 0; draw < 256; draw++) counts[random.below(256)]!++;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 256) ** 2 / 256, 0);
    // 255 degrees of freedom: mean 255, deviation 22.6; the draws are fixed, so this can fail only by a change.
    expect(Math.abs(chiSquare - 255)).toBeLessThan(4 * 22.6);
  });

  it("normal has mean 0 and deviation 1", () => {
    const random = keyedRandom("normal");
    const draws = Float64Array.from({ length: 20_000 }, () => random.normal());
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(20_000));
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });
});

describe("permutation", () => {
  it("holds each number once and is a function of its key", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer(), (length, seed) => {
        const order = permutation(length, seed);
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
        expect(permutation(length, seed)).toEqual(order);
      }),
    );
  });

  it("has every order of three about as often", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = permutation(3, seed).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });
});

describe("quantile", () => {
  it("is NumPy's default: numpy.quantile([1, 2, 4, 8], [0, .1, .5, .9, 1]) = [1, 1.3, 3, 6.8, 8]", () => {
    const sorted = sortedNumbers([8, Number.NaN, 1, 4, 2]);
    expect(Array.from(sorted)).toEqual([1, 2, 4, 8]);
    const found = [0, 0.1, 0.5, 0.9, 1].map((p) => quantile(sorted, p));
    for (const [index, value] of [1, 1.3, 3, 6.8, 8].entries()) expect(found[index]).toBeCloseTo(value, 12);
  });

  it("is NaN of nothing", () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});
