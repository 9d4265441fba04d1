import { keyedRandom, sortOrder } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isotonicFit } from "../src/calibration/isotonicFit.ts";
import {
  areaCovariance,
  areaUnder,
  auroc,
  averagePrecision,
  averageRocCurve,
  brierParts,
  calibrationCurve,
  delong,
  delongInterval,
  isAcceptable,
  murphyParts,
  partialAreaUnder,
  partialAuroc,
  prevalenceWeights,
  rocCurve,
  screeningAudit,
  specificityAt,
} from "../src/index.ts";
import { placements } from "../src/intervals/placements.ts";

/** Both classes; scores often tied. */
const cases = fc
  .array(
    fc.record({
      label: fc.constantFrom(0, 1),
      score: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: -8, max: 8, noNaN: true })),
      weight: fc.integer({ min: 0, max: 3 }),
    }),
    {
      minLength: 2,
      maxLength: 60,
    },
  )
  .filter((rows) => rows.some(({ label }) => label === 0) && rows.some(({ label }) => label === 1))
  .map((rows) => ({ labels: rows.map(({ label }) => label), scores: rows.map(({ score }) => score), weights: rows.map(({ weight }) => weight) }));
const check = (law: (set: { labels: number[]; scores: number[]; weights: number[] }) => void) =>
  fc.assert(fc.property(cases, law), { numRuns: 300, seed: 5 });
const exact = { absolute: 1e-12 };

/** The definition: the share of pairs won, ties one half. */
function slowAuroc(labels: readonly number[], scores: readonly number[], weights = labels.map(() => 1)): number {
  let [won, pairs] = [0, 0];
  for (const [i, p] of labels.entries())
    for (const [j, q] of labels.entries())
      if (p === 1 && q === 0) {
        won += weights[i]! * weights[j]! * (scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0);
        pairs += weights[i]! * weights[j]!;
      }
  return won / pairs;
}

describe("areas", () => {
  it("auroc is the share of pairs won (slow twin), with and without weights", () => {
    check(({ labels, scores, weights }) => {
      expectClose(auroc(labels, scores), slowAuroc(labels, scores), exact);
      expectClose(auroc(labels, scores, { weights }), slowAuroc(labels, scores, weights), exact);
    });
  });

  it("a weight of k is the same as k copies", () => {
    check(({ labels, scores, weights }) => {
      const rows = weights.flatMap((weight, i) => Array<number>(weight).fill(i));
      if (rows.length === 0) return;
      const [l, s] = [rows.map((i) => labels[i]!), rows.map((i) => scores[i]!)];
      expectClose(auroc(labels, scores, { weights }), auroc(l, s), exact);
      expectClose(averagePrecision(labels, scores, { weights }), averagePrecision(l, s), exact);
      expectClose(partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }, { weights }), partialAuroc(l, s, { minTruePositiveRate: 0.8 }), exact);
    });
  });

  it("the area under the curve is the area by ranks, to 1e-12", () => {
    check(({ labels, scores }) => expectClose(areaUnder(rocCurve(labels, scores)), auroc(labels, scores), exact));
  });

  it("so it is for many cases, where the sort is another, with ties and without", () => {
    const random = keyedRandom(8);
    for (const levels of [2 ** 31, 300]) {
      const labels = Array.from({ length: 20_000 }, () => Number(random.below(4) === 0));
      const scores = labels.map((label) => (random.below(levels) - levels / 2) / levels + label / 8);
      expectClose(auroc(labels, scores), areaUnder(rocCurve(labels, scores)), exact);
      expectClose(auroc(labels, scores), auroc(labels, scores, { weights: labels.map(() => 1) }), exact);
    }
  });

  it("neither the order of the cases nor a rising map of the scores matters", () => {
    check(({ labels, scores }) => {
      const backwards = [labels.toReversed(), scores.toReversed()] as const;
      expectClose(auroc(...backwards), auroc(labels, scores), exact);
      const ranks = [...new Set(scores.map((score) => score + 0))].sort((a, b) => a - b);
      const mapped = scores.map((score) => 3 * ranks.indexOf(score + 0) - 7);
      const part = { minTruePositiveRate: 0.6 };
      expectClose(auroc(labels, mapped), auroc(labels, scores), exact);
      expectClose(partialAuroc(labels, mapped, part), partialAuroc(labels, scores, part), exact);
      expectClose(delongInterval(labels, mapped).standardError, delongInterval(labels, scores).standardError, exact);
    });
  });

  it("swapping the labels gives 1 - auroc; swapping labels and signs keeps it, and turns the two partial areas into each other", () => {
    check(({ labels, scores }) => {
      const swapped = labels.map((label) => 1 - label);
      const negated = scores.map((score) => -score);
      expectClose(auroc(swapped, scores), 1 - auroc(labels, scores), exact);
      expectClose(auroc(swapped, negated), auroc(labels, scores), exact);
      expectClose(partialAuroc(swapped, negated, { maxFalsePositiveRate: 0.2 }), partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }), exact);
    });
  });

  it("parts sum to the whole, along either axis", () => {
    check(({ labels, scores }) => {
      const curve = rocCurve(labels, scores);
      for (const along of ["sensitivity", "specificity"] as const) {
        const area = (low: number, high: number) =>
          partialAreaUnder(curve, { [along]: [low, high] } as { sensitivity: [number, number] }, { raw: true });
        expectClose(area(0, 0.3) + area(0.3, 0.8) + area(0.8, 1), auroc(labels, scores), exact);
      }
    });
  });

  it("a partial area is the integral (slow twin: ten thousand strips)", () => {
    fc.assert(
      fc.property(cases, ({ labels, scores }) => {
        const { falsePositiveRate: f, truePositiveRate: t } = rocCurve(labels, scores);
        const specificity = (y: number) => {
          const k = t.findIndex((value) => value >= y);
          return 1 - (f[k - 1]! + ((y - t[k - 1]!) / (t[k]! - t[k - 1]!)) * (f[k]! - f[k - 1]!));
        };
        let sum = 0;
        for (let strip = 0; strip < 10_000; strip++) sum += specificity(0.8 + (0.2 * (strip + 0.5)) / 10_000) * (0.2 / 10_000);
        expectClose(partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }, { raw: true }), sum, { absolute: 1e-4 });
      }),
      { numRuns: 20, seed: 5 },
    );
  });

  it("specificityAt is the best threshold that reaches the sensitivity (slow twin)", () => {
    check(({ labels, scores }) => {
      const rate = (label: number, threshold: number) => {
        const of = scores.filter((_, i) => labels[i] === label);
        return of.filter((score) => score >= threshold).length / of.length;
      };
      const best = Math.max(...[...scores, Infinity].filter((t) => rate(1, t) >= 0.8).map((t) => 1 - rate(0, t)));
      expectClose(specificityAt(0.8, rocCurve(labels, scores)).specificity, best, exact);
    });
  });

  it("the mean curve of readers has the mean of their areas", () => {
    check(({ labels, scores, weights }) => {
      const readers = [scores, weights, labels.map((_, i) => (i * 7) % 5)];
      const { falsePositiveRate, truePositiveRate } = averageRocCurve(readers.map((s) => rocCurve(labels, s)));
      const area = areaUnder({ falsePositiveRate, truePositiveRate, thresholds: falsePositiveRate });
      expectClose(area, readers.reduce((sum, s) => sum + auroc(labels, s), 0) / 3, exact);
    });
  });

  it("average precision is the step sum (slow twin)", () => {
    check(({ labels, scores }) => {
      const thresholds = [...new Set(scores.map((score) => score + 0))].sort((a, b) => b - a);
      const positives = labels.filter((label) => label === 1).length;
      let [sum, recallBefore] = [0, 0];
      for (const threshold of thresholds) {
        const called = labels.filter((_, i) => scores[i]! >= threshold);
        const hits = called.filter((label) => label === 1).length;
        sum += (hits / positives - recallBefore) * (hits / called.length);
        recallBefore = hits / positives;
      }
      expectClose(averagePrecision(labels, scores), sum, exact);
    });
  });
});

describe("DeLong and covariances", () => {
  it("placements are shares of pairs (slow twin), and the variance is never negative", () => {
    check(({ labels, scores }) => {
      const [p, q] = [1, 0].map((side) => scores.filter((_, i) => labels[i] === side)) as [number[], number[]];
      const win = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0);
      const share = (list: readonly number[], f: (other: number) => number) => list.reduce((sum, other) => sum + f(other), 0) / list.length;
      const { positive, negative } = placements(labels, scores);
      // Whole numbers of half pairs: two for a pair won.
      expectClose(
        positive.map((halves) => halves / (2 * q.length)),
        p.map((a) => share(q, (b) => win(a, b))),
        exact,
      );
      expectClose(
        negative.map((halves) => halves / (2 * p.length)),
        q.map((b) => share(p, (a) => win(a, b))),
        exact,
      );
      const { standardError } = delongInterval(labels, scores);
      if (p.length > 1 && q.length > 1) expect(standardError).toBeGreaterThanOrEqual(0);
      else expect(standardError).toBeNaN();
    });
  });

  it("the paired test is antisymmetric", () => {
    check(({ labels, scores, weights }) => {
      const [ab, ba] = [delong(labels, scores, weights), delong(labels, weights, scores)];
      expectClose([ab.difference, ab.z, ab.low], [-ba.difference, -ba.z, -ba.high], { absolute: 1e-9 });
      expectClose(ab.p, ba.p, { absolute: 1e-9 });
    });
  });

  it("the unbiased covariance is that of the definition over quadruples (slow twin)", () => {
    const small = cases.filter(({ labels }) => {
      const m = labels.filter((label) => label === 1).length;
      return m >= 2 && labels.length - m >= 2 && labels.length <= 14;
    });
    fc.assert(
      fc.property(small, ({ labels, scores, weights }) => {
        const [p, q] = [1, 0].map((side) => labels.flatMap((label, i) => (label === side ? [i] : []))) as [number[], number[]];
        const win = (s: readonly number[], i: number, j: number) => (s[i]! > s[j]! ? 1 : s[i] === s[j] ? 0.5 : 0);
        let [sum, count] = [0, 0];
        for (const i of p)
          for (const i2 of p)
            for (const j of q)
              for (const j2 of q)
                if (i !== i2 && j !== j2) {
                  sum += win(scores, i, j) * win(weights, i2, j2);
                  count++;
                }
        const { areas, covariance } = areaCovariance(labels, [scores, weights], { covariance: "unbiased" });
        expectClose(covariance[0]![1]!, areas[0]! * areas[1]! - sum / count, exact);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe("calibration", () => {
  const probability = (scores: readonly number[]) => scores.map((score) => 1 / (1 + Math.exp(-score)));

  it("the parts of the Brier score sum to it, none is negative, and recalibration by bins fits at least as well as by a rising function", () => {
    check(({ labels, scores, weights }) => {
      if (weights.every((weight) => weight === 0)) return;
      for (const options of [{}, { weights }]) {
        const [corp, murphy] = [brierParts(labels, probability(scores), options), murphyParts(labels, probability(scores), options)];
        for (const { score, miscalibration, discrimination, uncertainty } of [corp, murphy]) {
          expectClose(miscalibration - discrimination + uncertainty, score, exact);
          expect(Math.min(miscalibration, discrimination, uncertainty)).toBeGreaterThanOrEqual(-1e-12);
        }
        expect(murphy.discrimination).toBeGreaterThanOrEqual(corp.discrimination - 1e-12);
      }
    });
  });

  it("the isotonic fit never falls, keeps the mean, and is as near as brute force finds it", () => {
    check(({ labels, scores }) => {
      const fitted = isotonicFit(labels, scores);
      const { order } = sortOrder(scores);
      for (let k = 1; k < order.length; k++) expect(fitted[order[k]!]!).toBeGreaterThanOrEqual(fitted[order[k - 1]!]!);
      expectClose(
        fitted.reduce((sum, value) => sum + value, 0),
        labels.reduce((sum, label) => sum + label, 0),
        { absolute: 1e-9 },
      );
      // The min-max formula: at each score the largest, over starts, of the smallest mean over ends.
      const mean = (low: number, high: number) => {
        const inside = labels.filter((_, i) => scores[i]! >= low && scores[i]! <= high);
        return inside.reduce((sum, label) => sum + label, 0) / inside.length;
      };
      const distinct = [...new Set(scores)];
      const x = scores[0]!;
      const best = Math.max(
        ...distinct.filter((low) => low <= x).map((low) => Math.min(...distinct.filter((high) => high >= x).map((high) => mean(low, high)))),
      );
      expectClose(fitted[0]!, best, exact);
    });
  });

  it("bins hold every case once, whatever the strategy", () => {
    check(({ labels, scores }) => {
      for (const strategy of ["uniform", "quantile"] as const) {
        const bins = calibrationCurve(labels, probability(scores), { bins: 7, strategy });
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(labels.length);
        expectClose(
          bins.reduce((sum, { count, observed }) => sum + count * observed, 0),
          labels.reduce((sum, label) => sum + label, 0),
          { absolute: 1e-9 },
        );
      }
    });
  });
});

describe("screening", () => {
  it("an audit's counts fit together, and re-weighting changes neither sensitivity nor specificity", () => {
    check(({ labels, scores }) => {
      const recalled = scores.map((score) => Number(score > 1));
      const audit = screeningAudit({ labels, recalled });
      expectClose(audit.cancerDetectionRate.events + audit.falseNegativesPerExam.events, audit.sensitivity.of, exact);
      for (const rate of [audit.recallRate, audit.sensitivity, audit.specificity]) expect(rate.low <= rate.rate && rate.rate <= rate.high).toBe(true);
      const screening = screeningAudit({ labels, recalled, weights: prevalenceWeights(labels, 0.0035) });
      expectClose([screening.sensitivity.rate, screening.specificity.rate], [audit.sensitivity.rate, audit.specificity.rate], exact);
      expectClose(screening.cancerDetectionRate.rate + screening.falseNegativesPerExam.rate, 0.0035, exact);
      expect(isAcceptable(screening).detectionAndRecall === false || screening.recallRate.rate >= 0.03).toBe(true);
    });
  });
});
