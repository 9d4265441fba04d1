import { expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { chiSquareTail } from "../src/distributions/chiSquare.ts";
import { fTail, noncentralFTail } from "../src/distributions/fisher.ts";
import { normalCdf, normalQuantile, normalTwoSided } from "../src/distributions/normal.ts";
import { studentHalfWidth, studentTwoSided } from "../src/distributions/student.ts";

type Rows = readonly (readonly number[])[];
const r = golden<Readonly<Record<string, Rows>>>("distributions", import.meta.url);

const tables: readonly (readonly [string, (...given: number[]) => number, relative: number])[] = [
  ["fTail", (f, df1, df2) => fTail(f!, df1!, df2!), 1e-11],
  ["chiSquareTail", (x, df) => chiSquareTail(x!, df!), 1e-12],
  ["studentTwoSided", (t, df) => studentTwoSided(t!, df!), 1e-12],
  ["studentHalfWidth", (confidence, df) => studentHalfWidth(confidence!, df!), 1e-11],
  // R itself sums its series to 1e-9 here (errmax in pnbeta.c).
  ["noncentralFTail", (f, df2, noncentrality) => noncentralFTail(f!, { df1: 1, df2: df2!, noncentrality: noncentrality! }), 1e-7],
  ["normalQuantile", (p) => normalQuantile(p!), 1e-12],
  ["normalCdf", (z) => normalCdf(z!), 1e-12],
];

it("normalQuantile is 0 in the middle, infinite at both ends, and NaN beyond them", () => {
  expect([0, 0.5, 1, -0.1, 1.1].map((p) => normalQuantile(p) + 0)).toEqual([-Infinity, 0, Infinity, NaN, NaN]);
});

describe("tails of distributions, against R", () => {
  it.each(tables)("%s", (name, tail, relative) => {
    const rows = r[name]!;
    expectClose(
      rows.map((row) => tail(...row.slice(0, -1))),
      rows.map((row) => row.at(-1)!),
      { relative },
    );
  });

  it("two-sided p keeps its digits far out", () => {
    expectClose(normalTwoSided(10), 1.523970604832105e-23, { relative: 1e-12 });
  });
});
