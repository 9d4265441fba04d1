import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { ensembleCurve, fitPowerLaw, freezeRanks, joinMembers, type MemberPooling, poolMembers, rankAgainst, sigmoid } from "../src/index.ts";

const list = (name: string, family: string, scores: Readonly<Record<string, number>>) => ({
  name,
  family,
  scores: Object.entries(scores).map(([id, score]) => ({ id, score })),
});
const sha256 = "0123456789abcdef".repeat(4);

describe("joinMembers", () => {
  const a = list("a", "f", { one: 1, two: 2, three: 3 });
  const b = list("b", "g", { three: 30, one: 10 });

  it("joins by id, not by order", () => {
    const { ids, scores } = joinMembers([a, list("b", "g", { two: 20, three: 30, one: 10 })]);
    expect(ids).toEqual(["one", "two", "three"]);
    expect(scores.map((of) => [...of])).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
  });

  it("refuses, narrows or keeps what is missing, as the rule says", () => {
    expect(() => joinMembers([a, b])).toThrow(/got 1 of 3 that some lack, the first lacked by b/);
    expect(joinMembers([a, b], { missing: "common" }).ids).toEqual(["one", "three"]);
    const present = joinMembers([a, b], { missing: "present" });
    expect(present.missing).toEqual([{ id: "two", members: ["b"] }]);
    expect([...poolMembers(present, "mean-logit")]).toEqual([5.5, 2, 16.5]);
    expect(() => poolMembers(present, "mean-logit", { minMembers: 2 })).toThrow(/at least 2 members with a score of case 1, got 1/);
  });
});

describe("poolMembers", () => {
  const joined = joinMembers([
    list("a1", "a", { x: 1 }),
    list("a2", "a", { x: 2 }),
    list("a3", "a", { x: 3 }),
    list("b1", "b", { x: -4 }),
    list("c1", "c", { x: 8 }),
  ]);
  const inverse = (p: number) => Math.log(p / (1 - p));
  const logits = [1, 2, 3, -4, 8];
  const expected: Readonly<Record<MemberPooling, number>> = {
    "mean-logit": 2,
    "family-logit": (2 - 4 + 8) / 3,
    "mean-prob": inverse(logits.reduce((sum, z) => sum + sigmoid(z) / 5, 0)),
    geometric: inverse(Math.exp(logits.reduce((sum, z) => sum + Math.log(sigmoid(z)) / 5, 0))),
    trimmed: 2,
    median: 2,
  };
  it.each(Object.keys(expected) as MemberPooling[])("%s, by hand", (method) => {
    expectClose(poolMembers(joined, method)[0]!, expected[method], { absolute: 1e-9 });
  });

  it("trims whole members only: of nine one at each end", () => {
    const nine = joinMembers([-50, 1, 2, 3, 4, 5, 6, 30, 90].map((x, m) => list(`a${m}`, "a", { x })));
    expectClose(poolMembers(nine, "trimmed")[0]!, (1 + 2 + 3 + 4 + 5 + 6 + 30) / 7, { absolute: 1e-12 });
  });

  it("does not let a large family outvote small ones", () => {
    const many = joinMembers([...Array.from({ length: 9 }, (_, m) => list(`a${m}`, "a", { x: 1 })), list("b", "b", { x: -1 })]);
    expectClose(poolMembers(many, "family-logit")[0]!, 0, { absolute: 1e-12 });
  });
});

describe("rankAgainst", () => {
  it("is the share of the reference below, whatever the batch, and never falls", () => {
    const reference = freezeRanks(
      Array.from({ length: 99 }, (_, i) => i),
      { sha256 },
    );
    expectClose(rankAgainst(reference, 49), 0.5, { absolute: 1e-12 });
    expect([-5, 0, 0.5, 98, 200].map((score) => rankAgainst(reference, score) * 100)).toEqual(
      [0.5, 1, 1.5, 99, 99.5].map((x) => expect.closeTo(x, 9)),
    );
    const ties = freezeRanks([1, 1, 1, 1, 1, 2, 2, 2, 2, 2], { sha256 });
    expect(rankAgainst(ties, 1)).toBeLessThan(rankAgainst(ties, 1.5));
    // None below 1 and five at it: (2.5 + 0.5) / 11.
    expectClose(
      [0, 1, 1.5, 2, 3].map((score) => rankAgainst(ties, score) * 11),
      [0.5, 3, 5.5, 8, 10.5],
      { absolute: 1e-12 },
    );
  });

  it("keeps so many quantiles of a large set", () => {
    const reference = freezeRanks(
      Float64Array.from({ length: 20_000 }, (_, i) => i / 20_000),
      { sha256 },
    );
    expect([reference.scores.length, reference.cases]).toEqual([1001, 20_000]);
    expectClose(rankAgainst(reference, 0.3), 0.3, { absolute: 1e-3 });
    const some = freezeRanks([10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { sha256, knots: 3 });
    expect(some).toEqual({ kind: "rank reference", scores: [0, 5, 10], sha256, cases: 11 });
  });
});

describe("ensembleCurve", () => {
  const random = keyedRandom(2, "curve");
  const truth = Array.from({ length: 400 }, () => random.normal());
  const members = Array.from({ length: 12 }, (_, m) => ({
    name: `m${m}`,
    family: m < 6 ? "early" : "late",
    seed: m,
    scores: truth.map((z, i) => ({ id: `${i}`, score: z + (m < 6 ? 1 : 3) * random.normal() })),
  }));
  const error = (pooled: Float64Array) => Math.sqrt(pooled.reduce((sum, value, i) => sum + (value - truth[i]!) ** 2 / truth.length, 0));
  const curve = ensembleCurve(joinMembers(members), { statistic: error, seed: 1, draws: 30 });

  it("falls with size as independent errors do, and forecasts what is not there yet", () => {
    expect(curve.points.map(({ size }) => size)).toEqual([1, 2, 3, 5, 7, 10, 12]);
    for (const [k, { mean }] of curve.points.entries()) if (k > 0) expect(mean).toBeLessThan(curve.points[k - 1]!.mean);
    expect(curve.points.at(-1)).toMatchObject({ draws: 1, mean: curve.all });
    expectClose(curve.law!.exponent, 0.6, { absolute: 0.2 });
    expect(curve.law!.at(50)).toBeLessThan(curve.all);
  });

  it("is better without the family that is noisy, worse without the other", () => {
    const without = new Map(curve.withoutFamily.map(({ family, value }) => [family, value]));
    expect(without.get("late")!).toBeLessThan(curve.all);
    expect(without.get("early")!).toBeGreaterThan(curve.all);
  });
});

it("fitPowerLaw finds the law that points were made by", () => {
  const points = [1, 2, 3, 5, 8, 13, 21].map((size) => ({ size, value: 0.3 + 0.4 * size ** -0.7 }));
  const law = fitPowerLaw(points);
  expectClose([law.limit, law.gain, law.exponent], [0.3, 0.4, 0.7], { absolute: 1e-6 });
  expectClose(law.at(50), 0.3 + 0.4 * 50 ** -0.7, { absolute: 1e-7 });
  expect(law.residual).toBeLessThan(1e-8);
  // Two values a size, 0.1 to either side: the law is the same, and each point 0.1 away from it.
  const apart = fitPowerLaw(points.flatMap(({ size, value }) => [value - 0.1, value + 0.1].map((one) => ({ size, value: one }))));
  expectClose([apart.limit, apart.gain, apart.exponent, apart.residual], [0.3, 0.4, 0.7, 0.1], { absolute: 1e-6 });
});
