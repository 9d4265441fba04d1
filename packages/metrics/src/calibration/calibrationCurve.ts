import { minMax, requireKnownKeys, sortOrder } from "@mammo/mammogram";
import { type Numbers, rangeError } from "../cases/checkCases.ts";
import { checkProbabilities } from "./checkProbabilities.ts";
import { isotonicFit } from "./isotonicFit.ts";

/** One bin of a reliability diagram. */
export interface CalibrationBin {
  /** Mean probability. */
  readonly predicted: number;
  /** Share of positives. */
  readonly observed: number;
  readonly count: number;
}

/** How probabilities are put into bins. */
export interface CalibrationOptions {
  /** Default 10. */
  readonly bins?: number;
  /** `"uniform"` (default): bins of equal width over [0, 1], (a, b] with 0 in the first. `"quantile"`: of equal mass, equal probabilities together. */
  readonly strategy?: "uniform" | "quantile";
}

/**
 * Reliability diagram: mean probability, observed share and count of each bin that is not empty.
 *
 * @throws RangeError for probabilities outside [0, 1], bins that are no whole number >= 1, and as `brierScore` does.
 * @example calibrationCurve(labels, probabilities, { bins: 10, strategy: "quantile" });
 */
export function calibrationCurve(labels: Numbers, probabilities: Numbers, options: CalibrationOptions = {}): readonly CalibrationBin[] {
  requireKnownKeys("calibrationCurve", options, { bins: true, strategy: true });
  const { bins = 10, strategy = "uniform" } = options;
  checkProbabilities(labels, probabilities);
  if (!(Number.isInteger(bins) && bins >= 1)) throw rangeError("bins to be a whole number >= 1", bins);
  if (!Object.hasOwn(binnings, strategy)) throw rangeError("strategy uniform or quantile", strategy);
  const binOf = binnings[strategy](probabilities, bins);
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, count: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const bin = sums[binOf[i]!]!;
    bin.predicted += probabilities[i]!;
    bin.observed += labels[i]!;
    bin.count++;
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ predicted, observed, count }) => ({ predicted: predicted / count, observed: observed / count, count }));
}

const binnings: Readonly<Record<"uniform" | "quantile", (probabilities: Numbers, bins: number) => Int32Array>> = {
  uniform: (probabilities, bins) => {
    // e / bins is the double nearest to the edge that people write; the product below may round to its wrong side.
    const edges = Float64Array.from({ length: bins + 1 }, (_, e) => e / bins);
    return Int32Array.from({ length: probabilities.length }, (_, i) => {
      let bin = Math.min(bins - 1, Math.floor(probabilities[i]! * bins));
      while (bin > 0 && probabilities[i]! <= edges[bin]!) bin--;
      while (bin < bins - 1 && probabilities[i]! > edges[bin + 1]!) bin++;
      return bin;
    });
  },
  quantile: (probabilities, bins) => {
    const { order, sorted } = sortOrder(probabilities);
    const bin = new Int32Array(order.length);
    for (let k = 0; k < order.length; k++) {
      const [i, before] = [order[k]!, order[k - 1]];
      // Equal probabilities share the bin of the first of them: a bin may come out larger, none is split by chance.
      bin[i] = before !== undefined && sorted[k - 1] === sorted[k] ? bin[before]! : Math.floor((k * bins) / order.length);
    }
    return bin;
  },
};

/** How far probabilities lie from observed shares, over the bins of a `calibrationCurve`. */
export interface CalibrationError {
  /** ECE: mean gap, weighted by count (Naeini, Cooper and Hauskrecht 2015). */
  readonly expected: number;
  /** MCE: largest gap. */
  readonly maximum: number;
}

/**
 * Expected and maximum calibration error. They depend on the bins: always print `bins` and `strategy` with them.
 *
 * @throws RangeError as `calibrationCurve`.
 */
export function calibrationError(labels: Numbers, probabilities: Numbers, options: CalibrationOptions = {}): CalibrationError {
  requireKnownKeys("calibrationError", options, { bins: true, strategy: true });
  const bins = calibrationCurve(labels, probabilities, options);
  const gaps = bins.map(({ predicted, observed }) => Math.abs(predicted - observed));
  return {
    expected: bins.reduce((sum, { count }, b) => sum + count * gaps[b]!, 0) / labels.length,
    maximum: minMax(gaps)[1],
  };
}

/**
 * ICI: mean distance of the probabilities from a smooth calibration curve (Austin and Steyerberg 2019), here the isotonic one, which needs
 * no bandwidth (ours; they take loess). In a small set isotonic regression follows the noise, so that ICI is too high.
 *
 * @throws RangeError as `brierScore`.
 */
export function integratedCalibrationIndex(labels: Numbers, probabilities: Numbers): number {
  checkProbabilities(labels, probabilities);
  const fitted = isotonicFit(labels, probabilities);
  return fitted.reduce((sum, value, i) => sum + Math.abs(value - probabilities[i]!), 0) / labels.length;
}
