import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyStack,
  calibrate,
  fitIsotonic,
  fitNonNegativeStack,
  fitPlatt,
  fitStack,
  fitTemperature,
  logit,
  poolProbabilities,
  shiftPrevalence,
  sigmoid,
} from "../src/index.ts";
import { lossOf } from "../src/stack.ts";

describe("fitPlatt", () => {
  it("stays finite on separable data and on one class", () => {
    const separable = fitPlatt([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(calibrate(separable, 2)).toBeGreaterThan(0.7);
    expect(calibrate(separable, 2)).toBeLessThan(1);
    // Three negatives: target 1 / (3 + 2).
    expectClose(calibrate(fitPlatt([1, 2, 3], [0, 0, 0]), 2), 0.2, { absolute: 1e-6 });
  });

  it("is level at the mean target where scores fall with the labels", () => {
    const fitted = fitPlatt([1, 2, 3, 4], [1, 1, 0, 0]);
    expect(fitted.slope).toBe(0);
    expectClose(calibrate(fitted, -1e9), 0.5, { absolute: 1e-12 });
    expectClose(calibrate(fitted, Infinity), 0.5, { absolute: 1e-12 });
  });

  it("is level where all scores are equal", () => {
    expectClose(calibrate(fitPlatt([3, 3, 3, 3], [0, 0, 1, 1]), 3), 0.5, { absolute: 1e-9 });
  });

  it.each<[scores: number[], labels: number[]]>([
    [
      [2.6, 13.5, 1.2, 73.4, -585.4, 46.8, 12.7, 0.3, 1],
      [1, 1, 1, 1, 0, 1, 1, 1, 1],
    ],
    [
      [-417.8, 8.8, 1.9, 6.1, 0.6, 4.5, 19.6, 6.4, 15.1],
      [0, 1, 1, 1, 1, 1, 1, 1, 1],
    ],
  ])("ends where the likelihood is level, also with one case far off: %j", (scores, labels) => {
    const fitted = fitPlatt(scores, labels);
    // One negative: its target is 1 / 3; eight positives: theirs is 9 / 10 (Platt 1999).
    const misses = scores.map((score, i) => calibrate(fitted, score) - (labels[i] ? 9 / 10 : 1 / 3));
    expectClose([misses.reduce((sum, miss) => sum + miss, 0), misses.reduce((sum, miss, i) => sum + miss * scores[i]!, 0)], [0, 0], {
      absolute: 1e-6,
    });
  });

  it("does not mind scores of any size", () => {
    const labels = [0, 1, 0, 1, 0, 1, 1];
    const scores = [-1, 0.5, 0.2, 1, 0.8, -0.3, 2];
    const small = fitPlatt(scores, labels);
    const large = fitPlatt(
      scores.map((score) => 1e6 + 1e4 * score),
      labels,
    );
    expectClose(
      scores.map((score) => calibrate(large, 1e6 + 1e4 * score)),
      scores.map((score) => calibrate(small, score)),
      { absolute: 1e-6 },
    );
  });
});

describe("fitTemperature", () => {
  it("warms an overconfident model and cools a shy one", () => {
    // Right in three of four: logit 1.0986.
    expectClose(fitTemperature([5, 5, 5, 5], [1, 1, 1, 0]).temperature, 5 / Math.log(3), { relative: 1e-9 });
    expectClose(fitTemperature([0.1, 0.1, 0.1, 0.1], [1, 1, 1, 0]).temperature, 0.1 / Math.log(3), { relative: 1e-9 });
  });

  it("ends at its range on separable and on reversed logits", () => {
    expectClose(fitTemperature([-1, 1], [0, 1]).temperature, 1e-3, { relative: 1e-9 });
    expectClose(fitTemperature([-1, 1], [1, 0]).temperature, 1e3, { relative: 1e-9 });
  });
});

describe("fitIsotonic", () => {
  it("pools adjacent violators and merges ties first", () => {
    expect(fitIsotonic([1, 2, 3, 4], [0, 1, 0, 1])).toEqual({ kind: "isotonic", scores: [1, 2, 3, 4], probabilities: [0, 0.5, 0.5, 1] });
    expect(fitIsotonic([2, 1, 2, 1], [1, 0, 0, 0])).toEqual({ kind: "isotonic", scores: [1, 2], probabilities: [0, 0.5] });
  });

  it("is linear between knots and level outside", () => {
    const fitted = fitIsotonic([1, 3], [0, 1]);
    expect([-9, 1, 2, 3, 9].map((score) => calibrate(fitted, score))).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe("calibrate", () => {
  it("takes a calibrator that went through JSON", () => {
    const scores = [-2, 0.3, 1, 4, 2];
    const labels = [0, 1, 0, 1, 1];
    for (const fit of [fitPlatt, fitTemperature, fitIsotonic]) {
      const fitted = fit(scores, labels);
      expect(calibrate(JSON.parse(JSON.stringify(fitted)), 0.7)).toBe(calibrate(fitted, 0.7));
    }
  });
});

describe("shiftPrevalence", () => {
  it("moves the prior and nothing else", () => {
    expectClose(shiftPrevalence(0.5, { from: 0.5, to: 0.0035 }), 0.0035, { relative: 1e-12 });
    // Bayes by hand: odds 4, likelihood ratio 4 / 1 = 4, times prior odds 1/9.
    expectClose(shiftPrevalence(0.8, { from: 0.5, to: 0.1 }), 4 / 9 / (1 + 4 / 9), { relative: 1e-12 });
    expect(shiftPrevalence(0, { from: 0.5, to: 0.1 })).toBe(0);
    expect(shiftPrevalence(1, { from: 0.5, to: 0.1 })).toBe(1);
  });
});

it("logit and sigmoid undo each other and do not overflow", () => {
  expectClose(sigmoid(logit(0.137)), 0.137, { relative: 1e-14 });
  expect([sigmoid(-800), sigmoid(800), sigmoid(-Infinity), sigmoid(Infinity)]).toEqual([0, 1, 0, 1]);
  expectClose([logit(0), logit(1)], [-16.118, 16.118], { absolute: 1e-3 });
});

describe("numbers of any size", () => {
  const scores = [-2, -1.5, -1, -0.2, 0.1, 0.3, 1, 1.2, 2, 2.5];
  const labels = [0, 0, 1, 0, 1, 0, 0, 1, 1, 1];

  it("Platt's line of scores in other units is the same line in those units", () => {
    const plain = fitPlatt(scores, labels);
    for (const unit of [1e-200, 1e-9, 1e9, 1e200, 1e307]) {
      const { slope, intercept } = fitPlatt(
        scores.map((score) => score * unit),
        labels,
      );
      expectClose([slope * unit, intercept], [plain.slope, plain.intercept], { relative: 1e-6 });
    }
    const far = fitPlatt(
      scores.map((score) => (score + 100) * 1e200),
      labels,
    );
    expectClose([far.slope * 1e200, far.intercept + 100 * plain.slope], [plain.slope, plain.intercept], { relative: 1e-5 });
  });

  it("temperature stays within its range, and isotonic knots may lie as far apart as numbers do", () => {
    const huge = scores.map((score) => score * 6e307);
    const { temperature } = fitTemperature(huge, labels);
    expectClose(temperature, 1000, { relative: 1e-9 });
    const knots = fitIsotonic([-1.7e308, 1.7e308], [0, 1]);
    expect([calibrate(knots, -1.7e308), calibrate(knots, 0), calibrate(knots, 1.7e308)]).toEqual([0, 0.5, 1]);
  });

  it("pools more members than a call takes arguments", () => {
    expect(poolProbabilities(Array<number>(200_000).fill(0.25))).toBeCloseTo(0.25, 12);
  });
});

describe("fitStack", () => {
  it("gives a member that speaks against the labels a negative weight, which no mean can", () => {
    const random = keyedRandom("stack");
    const labels = Array.from({ length: 400 }, (_, i) => i % 2);
    const good = labels.map((label) => random.normal() + label);
    const against = labels.map((label) => random.normal() - label);
    const noise = labels.map(() => random.normal());
    const stack = fitStack([good, against, noise], labels);
    expect(stack.weights[0]).toBeGreaterThan(0.5);
    expect(stack.weights[1]).toBeLessThan(-0.5);
    expect(Math.abs(stack.weights[2]!)).toBeLessThan(0.4);
    // The likelihood is stationary for the intercept: the mean probability is the share of positives.
    const mean = labels.reduce((sum, _, i) => sum + sigmoid(applyStack(stack, [good[i]!, against[i]!, noise[i]!])), 0) / labels.length;
    expect(mean).toBeCloseTo(0.5, 9);
    expect(applyStack(JSON.parse(JSON.stringify(stack)), [1, 1, 1])).toBe(applyStack(stack, [1, 1, 1]));
  });

  it("searches a loss whose slope is its gradient, and whose gradient's slope is its Hessian", () => {
    const columns = [Float64Array.of(1, -2, 0.5, 3), Float64Array.of(1, 1, 1, 1)];
    const [labels, penalties] = [[0, 1, 1, 0], [3, 0]] as const; // biome-ignore format: one row
    const beta: readonly number[] = [0.7, -0.4];
    const at = (k: number, by: number) => lossOf(columns, labels, penalties, beta.with(k, beta[k]! + by));
    const { loss, gradient, hessian } = at(0, 0);
    // -Σ ln p of what was the case, and half the penalty of 3 on 0.7².
    const z = [0, 1, 2, 3].map((i) => 0.7 * columns[0]![i]! - 0.4);
    expectClose(
      loss,
      z.reduce((sum, one, i) => sum - Math.log(sigmoid(labels[i] === 1 ? one : -one)), (3 * 0.49) / 2),
      { relative: 1e-12 },
    );
    for (const k of [0, 1]) {
      expectClose(gradient[k]!, (at(k, 1e-5).loss - at(k, -1e-5).loss) / 2e-5, { absolute: 1e-8 });
      // The lower half is what is read.
      for (const l of [0, 1].slice(k))
        expectClose(hessian[l]![k]!, (at(k, 1e-5).gradient[l]! - at(k, -1e-5).gradient[l]!) / 2e-5, { absolute: 1e-8 });
    }
  });

  it("lies where the penalized likelihood is level, and where no weight may fall below 0 only those at 0 would", () => {
    const number = fc.integer({ min: -50, max: 50 }).map((tenths) => tenths / 10);
    const cases = fc.array(fc.tuple(number, number, fc.constantFrom(0, 1)), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(
        cases.filter((all) => new Set(all.map(([, , label]) => label)).size === 2),
        fc.constantFrom(0.1, 1, 30),
        (all, ridge) => {
          const labels = all.map(([, , label]) => label);
          const members = [0, 1].map((m) => all.map((one) => one[m]!));
          for (const fit of [fitStack, fitNonNegativeStack]) {
            const stack = fit(members, labels, { ridge });
            const off = all.map(([a, b, label]) => sigmoid(applyStack(stack, [a, b])) - label);
            const slopes = members.map((scores, m) => ridge * stack.weights[m]! + scores.reduce((sum, score, i) => sum + score * off[i]!, 0));
            expect(Math.abs(off.reduce((sum, one) => sum + one, 0))).toBeLessThan(1e-6);
            for (const [m, slope] of slopes.entries())
              if (fit === fitNonNegativeStack && stack.weights[m] === 0) expect(slope).toBeGreaterThan(-1e-6);
              else expect(Math.abs(slope)).toBeLessThan(1e-6);
          }
        },
      ),
    );
  });

  it("is finite where members separate the classes, are equal, or never change", () => {
    for (const members of [
      [[1, 2, 3, 4]],
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      [[5, 5, 5, 5]],
      [
        [1e200, 2e200, 3e200, 4e200],
        [0, 0, 0, 1e-200],
      ],
    ]) {
      const { weights, intercept } = fitStack(members, [0, 0, 1, 1]);
      expect([...weights, intercept].every(Number.isFinite)).toBe(true);
    }
    const [first, second] = fitStack(
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      [0, 1, 0, 1],
    ).weights;
    expect(first).toBeCloseTo(second!, 9);
  });
});
