import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import {
  aiVersusReaders,
  areaCovariance,
  areaUnder,
  auroc,
  combineScores,
  dbmComponents,
  mrmc,
  mrmcCases,
  mrmcPower,
  partialAreaUnder,
  permutationTest,
  type RocCurve,
} from "../src/index.ts";
import { deviations } from "../src/intervals/rounding.ts";

const random = keyedRandom(11);
const uniform = () => random.below(2 ** 30) / 2 ** 30;
const labels = Array.from({ length: 120 }, (_, i) => Number(i % 3 === 0));
const reader = (gain: number) => labels.map((label) => uniform() + uniform() + gain * label);
const ratings = [
  [reader(0.8), reader(0.9), reader(0.7)],
  [reader(0.4), reader(0.5), reader(0.3)],
];

describe("mrmc", () => {
  it("two equal treatments differ by nothing", () => {
    const { randomReadersRandomCases: test } = mrmc(labels, [ratings[0]!, ratings[0]!]);
    expectClose([test.differences[0]!.estimate, test.statistic], [0, 0], { absolute: 1e-12 });
  });

  it("for two treatments, F is the square of difference / standard error", () => {
    const { randomReadersRandomCases: test } = mrmc(labels, ratings, { covariance: "unbiased" });
    const { estimate, standardError, low, high } = test.differences[0]!;
    expectClose(test.statistic, (estimate / standardError) ** 2, { relative: 1e-9 });
    expect(test.p < 0.05).toBe(low > 0 || high < 0);
  });

  it("for three treatments and fixed readers, p is the tail of a chi-square of two degrees: exp(-x / 2)", () => {
    // What a treatment shows all its readers see: they err together.
    const together = (gain: number) => {
      const shown = reader(gain);
      return [0, 1, 2].map(() => shown.map((value) => value + 0.5 * uniform()));
    };
    const { fixedReadersRandomCases: test, meanSquares, components } = mrmc(labels, [together(1.2), together(0.4), together(0.8)]);
    // Obuchowski and Rockette (1995): of three readers two more share their cases.
    const { variance, cov1, cov2, cov3 } = components;
    expect(cov2).toBeGreaterThan(cov3);
    expectClose(test.statistic, (2 * meanSquares.treatment) / (variance - cov1 + 2 * (cov2 - cov3)), { relative: 1e-9 });
    expect([test.df1, test.df2]).toEqual([2, Infinity]);
    expect(test.statistic).toBeGreaterThan(1);
    expectClose(test.p, Math.exp(-test.statistic / 2), { relative: 1e-9 });
  });

  it("the jackknife of the whole area by its statistic is the jackknife of auroc, case by case (slow twin)", () => {
    const scores = ratings[0]!.slice(0, 2);
    const without = scores.map((list) =>
      labels.map((_, left) =>
        auroc(
          labels.filter((__, i) => i !== left),
          list.filter((__, i) => i !== left),
        ),
      ),
    );
    const mean = without.map((list) => list.reduce((sum, value) => sum + value, 0) / list.length);
    const n = labels.length;
    const slow = ((n - 1) / n) * without[0]!.reduce((sum, value, i) => sum + (value - mean[0]!) * (without[1]![i]! - mean[1]!), 0);
    expectClose(areaCovariance(labels, scores, { covariance: "jackknife" }).covariance[0]![1]!, slow, { relative: 1e-9 });
  });

  it("takes partial areas, and clusters, by the jackknife", () => {
    const statistic = (curve: RocCurve) => partialAreaUnder(curve, { minTruePositiveRate: 0.8 }, { raw: true });
    const found = mrmc(labels, ratings, { covariance: "jackknife", statistic, clusters: labels.map((_, i) => i >> 1) });
    expect(found.areas.flat().every((area) => area > 0 && area <= 0.2)).toBe(true);
    expect(found.randomReadersRandomCases.p).toBeGreaterThan(0);
    expect(found.components.variance).toBeGreaterThan(0);
  });

  it("rejects a true null about as often as it says", () => {
    let rejected = 0;
    for (let study = 0; study < 200; study++) {
      const cases = labels.map((label) => uniform() + 0.5 * label);
      const read = () => {
        const skill = 0.3 * uniform();
        return cases.map((value, i) => value + uniform() + skill * labels[i]!);
      };
      if (
        mrmc(labels, [
          [read(), read(), read(), read()],
          [read(), read(), read(), read()],
        ]).randomReadersRandomCases.p < 0.05
      )
        rejected++;
    }
    // 0.05 of 200 is 10; three standard deviations above are 19.
    expect(rejected).toBeLessThanOrEqual(19);
    expect(rejected).toBeGreaterThanOrEqual(1);
  });
});

describe("aiVersusReaders", () => {
  it("is the difference of the area from the readers' mean", () => {
    const { ai, readers, difference, p } = aiVersusReaders(labels, ratings[0]![0]!, ratings[1]!);
    expectClose(ai, auroc(labels, ratings[0]![0]!), { absolute: 1e-12 });
    expectClose(readers, ratings[1]!.reduce((sum, list) => sum + auroc(labels, list), 0) / 3, { absolute: 1e-12 });
    expectClose(difference.estimate, ai - readers, { absolute: 1e-12 });
    expect(p < 0.05).toBe(difference.low > 0 || difference.high < 0);
  });
});

describe("aiVersusReaders under the null", () => {
  it("rejects an algorithm as good as the mean of all readers about as often as it says", () => {
    let rejected = 0;
    for (let study = 0; study < 200; study++) {
      const cases = labels.map((label) => uniform() + 0.5 * label);
      const read = (skill: number) => cases.map((value, i) => value + uniform() + skill * labels[i]!);
      if (
        aiVersusReaders(
          labels,
          read(0.15),
          Array.from({ length: 5 }, () => read(0.3 * uniform())),
        ).p < 0.05
      )
        rejected++;
    }
    // 0.05 of 200 is 10; three standard deviations above are 19.
    expect(rejected).toBeLessThanOrEqual(19);
    expect(rejected).toBeGreaterThanOrEqual(1);
  });
});

describe("combineScores", () => {
  it("is the weighted mean", () => {
    expectClose(
      combineScores([
        [1, 2],
        [3, 6],
      ]),
      [2, 4],
      { absolute: 0 },
    );
    expectClose(
      combineScores(
        [
          [1, 2],
          [3, 6],
        ],
        [3, 1],
      ),
      [1.5, 3],
      { absolute: 0 },
    );
    expect(() => combineScores([[1], [2, 3]])).toThrow("Expected lists[1] to be as long as labels (1), got 2");
    expect(() => combineScores([[1], [2]], [0, 0])).toThrow("Expected 2 weights >= 0 with a sum above 0, got [0,0]");
    expect(() => combineScores([])).toThrow(RangeError);
  });
});

describe("mrmcPower", () => {
  const pilot = mrmc(labels, ratings);
  const plan = { readers: 8, cases: 200, pilotCases: 120 };

  it("is the level without a difference, and grows with difference, cases and readers", () => {
    expectClose(mrmcPower(pilot, { ...plan, difference: 0 }), 0.05, { absolute: 1e-9 });
    const power = (changes: object) => mrmcPower(pilot, { ...plan, difference: 0.05, ...changes });
    expect(power({ difference: 0.08 })).toBeGreaterThan(power({}));
    expect(power({ cases: 400 })).toBeGreaterThan(power({}));
    expect(power({ readers: 16 })).toBeGreaterThan(power({}));
  });

  it("dbmComponents: what cases have to do with adds up to the variance of a pseudo-value, and the readers' part to their mean squares", () => {
    const { areas, meanSquares, components } = mrmc(labels, ratings, { covariance: "jackknife" });
    const found = dbmComponents({ areas, meanSquares, components }, labels.length);
    const { variance, cov1, cov2, cov3 } = components;
    expectClose(found.case + found.treatmentCase + found.readerCase + found.error, labels.length * variance, { relative: 1e-9 });
    expectClose(
      [found.case, found.case + found.treatmentCase, found.case + found.readerCase],
      [cov3, cov2, cov1].map((one) => labels.length * one),
      {
        relative: 1e-9,
      },
    );
    // E(MS(TR)) = treatment x reader + error / cases; E(MS(R)) has I times (reader + reader x case / cases) more.
    expectClose(found.treatmentReader + found.error / labels.length, meanSquares.treatmentByReader, { relative: 1e-9 });
    expectClose(areas.length * (found.reader + found.readerCase / labels.length) + meanSquares.treatmentByReader, meanSquares.reader, {
      relative: 1e-9,
    });
  });

  it("deviations of any size are told from rounding", () => {
    expectClose(deviations([1e-20, 3e-20]), [-1e-20, 1e-20], { relative: 1e-12 });
    expect(deviations([1, 1 + 2 ** -50])).toEqual([0, 0]);
  });

  it("mrmcCases is content with a power that is just reached", () => {
    const pilot = mrmc(labels, ratings);
    const plan = { difference: 0.05, readers: 6, pilotCases: labels.length };
    for (const cases of [40, 77, 300]) expect(mrmcCases(pilot, { ...plan, power: mrmcPower(pilot, { ...plan, cases }) })).toBe(cases);
  });

  it("mrmcCases is the fewest that reach the power, or Infinity", () => {
    const plan = { difference: 0.06, readers: 8, pilotCases: 120 };
    const cases = mrmcCases(pilot, { ...plan, power: 0.8 });
    expect(mrmcPower(pilot, { ...plan, cases })).toBeGreaterThanOrEqual(0.8);
    expect(mrmcPower(pilot, { ...plan, cases: cases - 1 })).toBeLessThan(0.8);
    const apart = { ...pilot, meanSquares: { ...pilot.meanSquares, treatmentByReader: 1 } };
    expect(mrmcCases(apart, { ...plan, power: 0.8 })).toBe(Infinity);
  });

  it("refuses a plan with one reader", () => {
    expect(() => mrmcPower(pilot, { ...plan, readers: 1, difference: 0.1 })).toThrow(
      new RangeError("Expected readers to be a whole number >= 2, got 1"),
    );
  });
});

describe("permutationTest", () => {
  it("finds a clear difference and none where there is none", () => {
    const [good, bad] = [ratings[0]![1]!, labels.map(() => uniform())];
    expect(permutationTest(labels, good, bad, { seed: 1, resamples: 200 }).p).toBeLessThan(0.02);
    expect(permutationTest(labels, good, good, { seed: 1, resamples: 50 })).toEqual({ difference: 0, p: 1 });
  });

  it("is exact in what it counts (by hand): of the four swaps of two clusters, two are as far", () => {
    const result = permutationTest([0, 1, 0, 1], [1, 2, 3, 4], [2, 1, 4, 3], {
      seed: 3,
      resamples: 4000,
      clusters: ["a", "a", "b", "b"],
      statistic: areaUnder,
    });
    // No swap: 0.75 - 0.25; both: its negative; one of them: 0.5 - 0.5.
    expectClose(result.difference, 0.5, { absolute: 1e-12 });
    expectClose(result.p, 0.5, { absolute: 0.03 });
  });
});
