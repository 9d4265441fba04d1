import { expectClose, golden } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chiSquareTail } from "../src/distributions/chiSquare.ts";
import { fTail, noncentralFTail } from "../src/distributions/fisher.ts";
import { normalTwoSided } from "../src/distributions/normal.ts";
import { studentCritical, studentTwoSided } from "../src/distributions/student.ts";

type Rows = readonly (readonly (number | "Infinity")[])[];
const mpmath = golden<Readonly<Record<string, Rows>>>("tails", import.meta.url);

const tables: readonly (readonly [string, (...given: number[]) => number])[] = [
  ["fTail", (f, df1, df2) => fTail(f!, df1!, df2!)],
  ["chiSquareTail", (x, df) => chiSquareTail(x!, df!)],
  ["studentTwoSided", (t, df) => studentTwoSided(t!, df!)],
  ["noncentralFTail", (f, df1, df2, noncentrality) => noncentralFTail(f!, { df1: df1!, df2: df2!, noncentrality: noncentrality! })],
];

describe("tails in every regime, against mpmath", () => {
  it.each(tables)("%s", (name, tail) => {
    for (const row of mpmath[name]!) {
      const [p, ...given] = row.map(Number).reverse();
      expectClose(tail(...given.reverse()), p!, { relative: 2e-12 });
    }
  });
});

const check = (law: (df: number, x: number, df1: number) => void) =>
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 18, noNaN: true }),
      fc.double({ min: -8, max: 8, noNaN: true }),
      fc.constantFrom(1, 2, 3, 13),
      (e, x, df1) => law(10 ** e, 10 ** (x / 4), df1),
    ),
    { seed: 4, numRuns: 400 },
  );
// Far beyond the rounding of the sums, far below anything that is reported.
const rounding = 1 + 1e-12;

describe("laws of the tails", () => {
  it("lie in [0, 1] and fall as the statistic grows", () => {
    check((df, x, df1) => {
      for (const tail of [(f: number) => fTail(f, df1, df), (f: number) => chiSquareTail(f * df, df), (f: number) => studentTwoSided(f, df)]) {
        const [near, far] = [tail(x), tail(1.2 * x)];
        expect(near >= 0 && near <= 1).toBe(true);
        expect(far).toBeLessThanOrEqual(near * rounding);
      }
    });
  });

  it("t, and F with one or two degrees of freedom above, fall as the degrees of freedom below grow, down to normal and chi-square", () => {
    check((df, x) => {
      expect(studentTwoSided(x, 3 * df)).toBeLessThanOrEqual(studentTwoSided(x, df) * rounding);
      expect(studentTwoSided(x, df)).toBeGreaterThanOrEqual(normalTwoSided(x) / rounding);
      for (const df1 of [1, 2]) {
        expect(fTail(x, df1, 3 * df)).toBeLessThanOrEqual(fTail(x, df1, df) * rounding);
        expect(fTail(x, df1, df)).toBeGreaterThanOrEqual(chiSquareTail(x * df1, df1) / rounding);
      }
    });
  });

  it("F at df 1e15 to Infinity is chi-square over its degrees of freedom, t normal: where a series in the degrees of freedom ends early, p was 1", () => {
    for (const df2 of [1e15, 1e16, 9.5e18, 1e30, 1e300, Infinity])
      for (const df1 of [1, 2, 3, 7]) {
        expectClose(fTail(4, df1, df2), chiSquareTail(4 * df1, df1), { relative: 1e-12 });
        expectClose(fTail(0.2, df1, df2), chiSquareTail(0.2 * df1, df1), { relative: 1e-12 });
        expectClose(studentTwoSided(2.5, df2), normalTwoSided(2.5), { relative: 1e-12 });
      }
    // The same from the other side: F with many degrees of freedom above.
    for (const df1 of [1e15, 1e30, Infinity]) expectClose(fTail(4, df1, 3), 1 - chiSquareTail(3 / 4, 3), { relative: 1e-12 });
    expect([fTail(1.5, Infinity, Infinity), fTail(0.5, Infinity, Infinity)]).toEqual([0, 1]);
  });

  it("t² is F with one degree of freedom above; chi-square with two is exponential; F(1; n, n) is one half", () => {
    check((df, x) => {
      expectClose(studentTwoSided(x, df), fTail(x * x, 1, df), { relative: 1e-10 });
      expectClose(chiSquareTail(x, 2), Math.exp(-x / 2), { relative: 1e-12 });
      expectClose(fTail(1, df, df), 0.5, { relative: 1e-11 });
    });
  });

  it("1 / F exchanges the degrees of freedom", () => {
    check((df, x, df1) => {
      expectClose(fTail(x, df1, df) + fTail(1 / x, df, df1), 1, { absolute: 1e-12 });
    });
  });

  it("studentCritical is what the tail says, whatever the degrees of freedom", () => {
    check((df, x) => {
      const p = studentTwoSided(x, df);
      if (p > 1e-300 && p < 0.999) expectClose(studentTwoSided(studentCritical(p, df), df), p, { relative: 1e-9 });
    });
    expectClose(studentCritical(0.05, 9.5e18), 1.959963984540054, { relative: 1e-12 });
  });

  it("ends are ends, and NaN stays NaN", () => {
    expect([fTail(0, 2, 3), fTail(-1, 2, 3), fTail(Infinity, 2, 3), chiSquareTail(Infinity, 3), studentTwoSided(Infinity, 3)]).toEqual([
      1, 1, 0, 0, 0,
    ]);
    for (const p of [fTail(NaN, 1, 1), chiSquareTail(NaN, 1), studentTwoSided(NaN, 1), studentTwoSided(1, NaN), studentCritical(0.05, NaN)])
      expect(p).toBeNaN();
  });

  it("the non-central tail rises with the non-centrality up to 1, however large", () => {
    for (const df2 of [3, 40, 1e12, Infinity]) {
      const powers = [0, 0.1, 1, 10, 1e2, 1e4, 1e6, 1e9, 1e12].map((noncentrality) => noncentralFTail(4, { df1: 1, df2, noncentrality }));
      for (const [k, power] of powers.entries()) {
        expect(power >= 0 && power <= 1).toBe(true);
        if (k > 0) expect(power).toBeGreaterThanOrEqual(powers[k - 1]! / rounding);
      }
      expectClose(powers[0]!, fTail(4, 1, df2), { relative: 1e-12 });
      expectClose(powers.at(-1)!, 1, { absolute: 1e-9 });
    }
  });
});

it("studentCritical: no t is exceeded with a probability of 0, 1 or more, nor at no degrees of freedom", () => {
  for (const [p, df] of [[0, 3], [1, 3], [1.5, 3], [-0.1, 3], [Number.NaN, 3], [0.1, 0], [0.1, -1], [0.1, Number.NaN]] as const) // biome-ignore format: one row
    expect(studentCritical(p, df)).toBeNaN();
});
