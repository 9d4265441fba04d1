import { minMax } from "@mammo/mammogram";
import { checkLabeled } from "../checkLabeled.ts";
import { sigmoid } from "../logit.ts";
import type { TemperatureCalibrator } from "./calibrator.ts";

const [coldest, hottest] = [1e-3, 1e3];

/**
 * Fits one number that makes logits as sure as they ought to be; keeps every order and the point logit = 0.
 *
 * Minimizes the negative log likelihood of sigmoid(logit / temperature) over temperatures from 0.001 to 1000: an end of that
 * range is what separable (or reversed) data get.
 *
 * Source: re-implementation of Guo et al., "On calibration of modern neural networks", 2017.
 *
 * @throws RangeError for unequal lengths, no cases, logits that are not finite, labels other than 0 and 1.
 * @example fitTemperature([-4, 4, 4, -4], [0, 1, 0, 1]).temperature; // 1000: these logits know nothing
 */
export function fitTemperature(logits: ArrayLike<number>, labels: ArrayLike<number>): TemperatureCalibrator {
  checkLabeled(logits, labels);
  // The loss is convex in 1 / temperature, so its slope crosses zero once. Halved in the logarithm, to 1e-15 of the value.
  let [low, high] = [Math.log(1 / hottest), Math.log(1 / coldest)];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    // 0: every case is right beyond the smallest number, so separable.
    if (lossSlope(logits, labels, Math.exp(middle)) <= 0) low = middle;
    else high = middle;
  }
  return { kind: "temperature", temperature: Math.exp(-(low + high) / 2) };
}

/** Slope of the loss; only its sign counts. Logits whose sum may have no number are divided by the largest. */
function lossSlope(logits: ArrayLike<number>, labels: ArrayLike<number>, sharpness: number): number {
  const [low, high] = minMax(logits);
  const size = Math.max(-low, high);
  const unit = size > 1e100 ? size : 1;
  let sum = 0;
  // 1 - sigmoid(z) = sigmoid(-z), without the cancellation.
  for (let i = 0; i < logits.length; i++) {
    const z = sharpness * logits[i]!;
    sum += (logits[i]! / unit) * (labels[i] === 1 ? -sigmoid(-z) : sigmoid(z));
  }
  return sum;
}
