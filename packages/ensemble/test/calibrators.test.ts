import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  breakTies,
  calibrate,
  calibrateInterval,
  calibratorFits,
  chooseCalibrator,
  crossFit,
  dealFolds,
  fitBeta,
  fitIsotonic,
  fitNonNegativeStack,
  fitPlatt,
  fitStack,
  fitVennAbers,
  parseCalibrator,
  sigmoid,
} from "../src/index.ts";

/** Logits that are twice as sure as they ought to be, three cases a patient. */
function overconfident(count: number, seed = 1) {
  const random = keyedRandom(seed, "calibrators");
  const truth = Array.from({ length: count }, () => 1.2 * random.normal() - 1);
  return {
    logits: truth.map((z) => 2 * z),
    labels: truth.map((z) => Number(random.chance(sigmoid(z)))),
    groups: truth.map((_, i) => `p${Math.floor(i / 3)}`),
  };
}

const labeled = fc
  .array(fc.tuple(fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.integer({ min: -2, max: 2 })), fc.constantFrom(0, 1)), {
    minLength: 1,
    maxLength: 40,
  })
  .map((cases) => ({ scores: cases.map(([s]) => s), labels: cases.map(([, l]) => l) }));

describe("fitVennAbers", () => {
  it("gives at each score the isotonic fits with one more case there, healthy and ill", () => {
    fc.assert(
      fc.property(labeled, fc.double({ min: -25, max: 25, noNaN: true }), ({ scores, labels }, at) => {
        const fitted = fitVennAbers(scores, labels);
        for (const score of [at, ...scores.slice(0, 3)]) {
          const { lower, upper } = calibrateInterval(fitted, score);
          const slow = (label: 0 | 1) => calibrate(fitIsotonic([...scores, score], [...labels, label]), score);
          expectClose([lower, upper], [slow(0), slow(1)], { absolute: 1e-12 });
        }
      }),
    );
  });

  it("never falls, and its probability lies between its ends", () => {
    fc.assert(
      fc.property(labeled, fc.array(fc.double({ min: -25, max: 25, noNaN: true }), { minLength: 2, maxLength: 12 }), ({ scores, labels }, at) => {
        const fitted = fitVennAbers(scores, labels);
        let before = 0;
        for (const score of [...at].sort((a, b) => a - b)) {
          const { lower, probability, upper } = calibrateInterval(fitted, score);
          expect(probability).toBeGreaterThanOrEqual(lower - 1e-12);
          expect(probability).toBeLessThanOrEqual(upper + 1e-12);
          expect(probability).toBeGreaterThanOrEqual(before - 1e-12);
          before = probability;
        }
      }),
    );
  });

  it("is wide where there are few cases", () => {
    const width = (n: number) => {
      const { logits, labels } = overconfident(n);
      const { lower, upper } = calibrateInterval(fitVennAbers(logits, labels), 0);
      return upper - lower;
    };
    expect(width(20)).toBeGreaterThan(2 * width(2000));
  });
});

describe("fitBeta", () => {
  it("never falls, also for scores that fall with the labels and for infinite ones", () => {
    const falling = fitBeta([1, 2, 3, 4, 5], [1, 1, 1, 0, 0]);
    expect([falling.a, falling.b]).toEqual([0, 0]);
    expectClose(calibrate(falling, Infinity), 0.6, { absolute: 1e-6 });
    const rising = fitBeta([-2, -1, 0, 1, 2, 3], [0, 0, 1, 0, 1, 1]);
    expect([-Infinity, Infinity].map((score) => calibrate(rising, score))).toEqual([0, 1]);
  });

  it("takes logits beyond ±700 for ±700", () => {
    const labels = [0, 1, 0, 1, 0, 1];
    const fit = (far: number) => fitBeta([-far, -1, 0, 0.5, 1, far], labels);
    expect(fit(1000)).toEqual(fit(700));
    expect(fit(699)).not.toEqual(fit(700));
  });

  it("stays finite on separable logits", () => {
    const { a, b, c } = fitBeta([-2, -1, 1, 2], [0, 0, 1, 1]);
    for (const number of [a, b, c]) expect(number).toBeLessThan(Infinity);
  });

  it("undoes a scale that Platt's line undoes too", () => {
    const { logits, labels } = overconfident(4000);
    const [beta, platt] = [fitBeta(logits, labels), fitPlatt(logits, labels)];
    expectClose(
      [-3, -1, 0, 1].map((z) => calibrate(beta, z)),
      [-3, -1, 0, 1].map((z) => calibrate(platt, z)),
      { absolute: 0.03 },
    );
  });
});

it("an isotonic curve has a value between knots that are next to each other, and at the ends of all numbers", () => {
  const fitted = fitIsotonic([0, 5e-324, 1], [0, 1, 1]);
  expect([0, 5e-324].map((score) => calibrate(fitted, score))).toEqual([0, 1]);
  expect(calibrate(fitIsotonic([-1.7e308, 1.7e308], [0, 1]), 0)).toBe(0.5);
});

describe("breakTies", () => {
  it("is a mean of the curve and a line from ten ranges before it to ten behind it", () => {
    const broken = breakTies({ kind: "isotonic", scores: [2, 4], probabilities: [0.5, 0.5] }, { tilt: 0.01 });
    expect(broken.scores).toEqual([-18, 2, 4, 24]);
    expectClose(
      broken.probabilities,
      [0, 20 / 42, 22 / 42, 1].map((line) => 0.99 * 0.5 + 0.01 * line),
      { absolute: 1e-12 },
    );
    // Of the smallest numbers there are, the same: no product of a tilt and a score vanishes.
    const smallest = breakTies({ kind: "isotonic", scores: [0, 5e-324], probabilities: [0, 0] });
    expectClose(smallest.probabilities, [0, 10e-6 / 21, 11e-6 / 21, 1e-6], { relative: 1e-12 });
    // One knot has no range and takes 1 for it.
    expect(breakTies({ kind: "isotonic", scores: [3], probabilities: [0.5] }).scores).toEqual([-7, 3, 13]);
  });

  it("keeps the order of all scores within reach and moves no probability by more than the tilt", () => {
    fc.assert(
      fc.property(labeled, ({ scores, labels }) => {
        const level = fitIsotonic(scores, labels);
        const rising = breakTies(level);
        expect(parseCalibrator(rising)).toBe(rising);
        const [low, high] = [Math.min(...scores), Math.max(...scores)];
        const range = high - low || 1;
        const at = Array.from({ length: 60 }, (_, i) => low - range + (i / 59) * 3 * range);
        at.forEach((score, i) => {
          expect(Math.abs(calibrate(rising, score) - calibrate(level, score))).toBeLessThanOrEqual(1e-6 * (1 + 1e-9));
          // Of a range of the smallest numbers, neighbors are one and the same.
          if (i > 0 && score > at[i - 1]!) expect(calibrate(rising, score)).toBeGreaterThan(calibrate(rising, at[i - 1]!));
        });
      }),
    );
  });
});

describe("chooseCalibrator", () => {
  it("chooses a kind that undoes overconfidence, on patients that it has not seen, and lists what raw logits would lose", () => {
    const { logits, labels, groups } = overconfident(1500);
    const { name, calibrator, table, held } = chooseCalibrator(logits, labels, { groups, seed: 1 });
    expect(["temperature", "platt", "beta"]).toContain(name);
    expect(table.map((row) => row.name).sort()).toEqual(["none", ...Object.keys(calibratorFits)].sort());
    expect(table.at(-1)!.name).toBe("none");
    const losses = table.map(({ logLoss }) => logLoss);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    expectClose(calibrate(calibrator, 2), sigmoid(1), { absolute: 0.05 });
    const mine = held[name]!.reduce((sum, p, i) => sum - Math.log(labels[i] === 1 ? p : 1 - p) / labels.length, 0);
    expectClose(mine, table[0]!.logLoss, { relative: 1e-9 });
  });

  it("deals the cases of one patient to one fold, and positives evenly", () => {
    const { labels, groups } = overconfident(900);
    const folds = dealFolds(labels, { groups, folds: 5, seed: 3 });
    groups.forEach((group, i) => {
      expect(folds[i]).toBe(folds[groups.indexOf(group)]);
    });
    const patients = [...new Set(groups)].map((group) => {
      const cases = groups.flatMap((other, i) => (other === group ? [i] : []));
      return { fold: folds[cases[0]!]!, positive: cases.some((i) => labels[i] === 1) };
    });
    const share = [0, 1, 2, 3, 4].map((fold) => patients.filter((patient) => patient.fold === fold && patient.positive).length);
    expect(Math.max(...share) - Math.min(...share)).toBeLessThanOrEqual(1);
  });

  it("crossFit never shows a case what was learned from it", () => {
    const labels = Array.from({ length: 40 }, (_, i) => i % 2);
    const groups = labels.map((_, i) => i >> 1);
    const found = crossFit(labels, { groups, folds: 4, seed: 9 }, (train) => {
      const seen = new Set(train.map((i) => groups[i]));
      return (i) => (seen.has(groups[i]!) ? 1 : 2);
    });
    expect([...found]).toEqual(labels.map(() => 2));
  });
});

describe("fitNonNegativeStack", () => {
  it("is fitStack where no weight would be negative, and gives none to a member that speaks against", () => {
    const { logits, labels } = overconfident(600);
    const random = keyedRandom(5, "members");
    const noisy = logits.map((z) => z + random.normal());
    expectClose(
      fitNonNegativeStack([logits, noisy.map((z) => z / 9)], labels, { ridge: 5 }).weights[0]!,
      fitStack([logits, noisy.map((z) => z / 9)], labels, { ridge: 5 }).weights[0]!,
      {
        absolute: 0.2,
      },
    );
    const alone = fitStack([logits], labels);
    const { weights, intercept } = fitNonNegativeStack([logits, logits.map((z) => -z + random.normal())], labels);
    expect(weights[1]).toBe(0);
    expectClose([weights[0]!, intercept], [alone.weights[0]!, alone.intercept], { absolute: 1e-6 });
  });
});
