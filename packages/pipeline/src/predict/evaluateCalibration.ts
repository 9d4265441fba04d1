// Whether probabilities mean what they say on women whom no stage has seen, and how many cancers they foretell where cancer is rare.

import { type Calibrator, calibrate, shiftPrevalence } from "@mammo/ensemble";
import { requireKnownKeys } from "@mammo/mammogram";
import { bootstrap, calibrationError, calibrationSlope, prevalenceWeights } from "@mammo/metrics";
import type { Interval } from "./evaluateTestSet.ts";
import type { BreastPrediction } from "./predictViews.ts";

/** Breast level, 95 % intervals. */
export interface CalibrationMetrics {
  /** Over 15 bins of equal mass, interval of a bootstrap by woman. Of few breasts it lies above 0 even where all is right, and in resamples more so. */
  readonly expectedCalibrationError: Interval;
  /** 1 is ideal, below 1 too sure; interval from its standard error. NaN of a level calibrator. */
  readonly slope: Interval & { readonly standardError: number };
  /** Where cancer is as rare as in screening: test breasts weighted, probabilities shifted. */
  readonly screening: {
    readonly prevalence: number;
    /** Cancers among a thousand breasts by their probabilities, interval of a bootstrap by woman … */
    readonly expectedPerThousand: Interval;
    /** … and as many as there are. */
    readonly observedPerThousand: number;
  };
}

const bins = { bins: 15, strategy: "quantile" } as const;
/** Of the challenge's screening women. */
const screening = 0.0035;

/**
 * What calibrated probabilities are worth on women whom no stage has seen.
 *
 * breasts: all of known status; `fittedPrevalence`: share of cancers among the breasts that the calibrator was fitted on. NaN stands for what does not exist: the
 * slope of a level calibrator, cancers expected where a class is absent. Intervals are of the test women alone, not of those who made the calibrator.
 *
 * Source: ours; its parts are documented (`calibrationError`, `calibrationSlope`, `shiftPrevalence`).
 *
 * @throws RangeError for fewer than two women, a bad seed.
 * @example evaluateCalibration(breasts, { calibrator, fittedPrevalence: prevalence, seed: 1 }).slope.estimate; // 0.97
 */
export function evaluateCalibration(
  breasts: readonly BreastPrediction[],
  options: { readonly calibrator: Calibrator; readonly fittedPrevalence: number; readonly seed: number },
): CalibrationMetrics {
  requireKnownKeys("evaluateCalibration", options, { calibrator: true, fittedPrevalence: true, seed: true });
  const { calibrator, fittedPrevalence, seed } = options;
  const labels = breasts.map(({ cancer }) => cancer!);
  const probabilities = breasts.map(({ logit }) => calibrate(calibrator, logit));
  // Of one class alone there is no prevalence to come from.
  const isShiftable = fittedPrevalence > 0 && fittedPrevalence < 1;
  const shifted = probabilities.map((p) => (isShiftable ? shiftPrevalence(p, { from: fittedPrevalence, to: screening }) : Number.NaN));
  const errorOf = (sample: ArrayLike<number>) => calibrationError(at(labels, sample), at(probabilities, sample), bins).expected;
  const expectedOf = (sample: ArrayLike<number>) => {
    const drawn = at(labels, sample);
    const cancers = drawn.filter((label) => label === 1).length;
    if (cancers === 0 || cancers === drawn.length) return Number.NaN;
    const weights = prevalenceWeights(drawn, screening);
    return (1000 * at(shifted, sample).reduce((sum, probability, i) => sum + weights[i]! * probability, 0)) / drawn.length;
  };
  const all = labels.map((_, i) => i);
  const interval = (statistic: (sample: ArrayLike<number>) => number): Interval => {
    const { low, high } = bootstrap(labels.length, statistic, { seed, clusters: breasts.map(({ patientId }) => patientId) });
    return { estimate: statistic(all), low, high };
  };
  const { estimate, standardError } = calibrationSlope(labels, probabilities).slope;
  return {
    expectedCalibrationError: interval(errorOf),
    slope: { estimate, low: estimate - 1.96 * standardError, high: estimate + 1.96 * standardError, standardError },
    screening: { prevalence: screening, expectedPerThousand: interval(expectedOf), observedPerThousand: 1000 * screening },
  };
}

const at = (values: readonly number[], sample: ArrayLike<number>) => Array.from(sample, (i) => values[i]!);
