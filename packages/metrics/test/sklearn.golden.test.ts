import { expectClose, golden } from "@mammo/testing";
import { describe, it } from "vitest";
import { isotonicFit } from "../src/calibration/isotonicFit.ts";
import { auroc, averagePrecision, brierParts, brierScore, calibrationCurve, logLoss, partialAuroc, rocCurve } from "../src/index.ts";

interface Case {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly weights: readonly number[];
  readonly fpr: readonly number[];
  readonly tpr: readonly number[];
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly maxFpr: number;
  readonly minTpr: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly isotonicBrier: number;
  readonly calibration: { readonly observed: readonly number[]; readonly predicted: readonly number[] };
}

interface Documented {
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly calibration: readonly [readonly number[], readonly number[]];
  readonly pava: readonly number[];
}

const { cases, documented } = golden<{ readonly cases: readonly Case[]; readonly documented: Documented }>("sklearn", import.meta.url);
// Sums of some hundred doubles in another order.
const exact = { absolute: 1e-12 };

describe("scikit-learn", () => {
  it.each(cases.map((fixed, k) => [k, fixed] as const))("set %i: curve, areas, precision, Brier, log loss, isotonic fit, reliability", (_, fixed) => {
    const { labels, scores, weights } = fixed;
    const weighted = { weights };
    const curve = rocCurve(labels, scores, weighted);
    expectClose(curve.falsePositiveRate, fixed.fpr, exact);
    expectClose(curve.truePositiveRate, fixed.tpr, exact);
    expectClose(auroc(labels, scores, weighted), fixed.auroc, exact);
    expectClose(averagePrecision(labels, scores, weighted), fixed.averagePrecision, exact);
    expectClose(partialAuroc(labels, scores, { maxFalsePositiveRate: 0.2 }, weighted), fixed.maxFpr, exact);
    expectClose(partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }, weighted), fixed.minTpr, exact);
    expectClose(brierScore(labels, scores, weighted), fixed.brier, exact);
    expectClose(logLoss(labels, scores, weighted), fixed.logLoss, exact);
    const { score, miscalibration } = brierParts(labels, scores, weighted);
    expectClose(score - miscalibration, fixed.isotonicBrier, exact);
    const bins = calibrationCurve(labels, scores, { bins: 5 });
    expectClose(
      bins.map(({ observed }) => observed),
      fixed.calibration.observed,
      exact,
    );
    expectClose(
      bins.map(({ predicted }) => predicted),
      fixed.calibration.predicted,
      exact,
    );
  });

  it("the examples of its documentation", () => {
    const [labels, scores] = [
      [0, 0, 1, 1],
      [0.1, 0.4, 0.35, 0.8],
    ];
    expectClose(auroc(labels!, scores!), documented.auroc, exact);
    expectClose(averagePrecision(labels!, scores!), documented.averagePrecision, exact);
    expectClose(brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), documented.brier, exact);
    expectClose(logLoss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65]), documented.logLoss, exact);
    const bins = calibrationCurve([0, 0, 0, 0, 1, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1], { bins: 3 });
    expectClose(
      bins.map(({ observed }) => observed),
      documented.calibration[0],
      exact,
    );
    expectClose(
      bins.map(({ predicted }) => predicted),
      documented.calibration[1],
      exact,
    );
    // Pool adjacent violators works on any numbers; labels are only its usual ones.
    expectClose(isotonicFit([1, 3, 2, 4, 3, 5], [0, 1, 2, 3, 4, 5]), documented.pava, exact);
  });
});
