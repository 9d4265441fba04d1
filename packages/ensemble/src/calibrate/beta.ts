import { checkLabeled } from "../checkLabeled.ts";
import { fitNonNegativeStack } from "../nonNegativeStack.ts";
import type { BetaCalibrator } from "./calibrator.ts";

/** Keeps the fit of separable scores finite; moves others by less than their sixth digit. */
const ridge = 1e-9;

/**
 * Fits beta calibration: logit p = a ln s - b ln(1 - s) + c, a and b >= 0, s = sigmoid(logit), by maximum likelihood. Of three parameters, so that it can be too
 * sure at one end and too shy at the other, which a line of logits (`fitPlatt`) cannot.
 *
 * logits: finite; labels: 0 or 1, both. Logits beyond ±700 count as ±700.
 * Source: re-implementation of Kull, Silva Filho and Flach, "Beta calibration", 2017, eq. 6; the numbers of their package `betacal`.
 *
 * @throws RangeError for unequal lengths, no cases, logits that are not finite, labels other than 0 and 1 or of one class.
 * @example fitBeta([-2, -1, 0, 1, 2, 3], [0, 0, 1, 0, 1, 1]);
 */
export function fitBeta(logits: ArrayLike<number>, labels: ArrayLike<number>): BetaCalibrator {
  checkLabeled(logits, labels);
  const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const inside = Float64Array.from(logits, (value) => Math.min(Math.max(value, -700), 700));
  const { weights, intercept } = fitNonNegativeStack([inside.map((z) => -softplus(-z)), inside.map(softplus)], labels, { ridge });
  return { kind: "beta", a: weights[0]!, b: weights[1]!, c: intercept };
}
