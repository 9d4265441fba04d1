import { sigmoid } from "../logit.ts";

/** A fitted calibrator is data: it goes to JSON and comes back. */
export type Calibrator = PlattCalibrator | TemperatureCalibrator | IsotonicCalibrator;

/** probability = sigmoid(slope * score + intercept). */
export interface PlattCalibrator {
  readonly kind: "platt";
  /** >= 0 */
  readonly slope: number;
  readonly intercept: number;
}

/** probability = sigmoid(logit / temperature). */
export interface TemperatureCalibrator {
  readonly kind: "temperature";
  /** > 0; above 1 the model was too sure of itself. */
  readonly temperature: number;
}

/** Linear between the knots, level outside them. */
export interface IsotonicCalibrator {
  readonly kind: "isotonic";
  /** Strictly rising. */
  readonly scores: readonly number[];
  /** One for each score, in [0, 1], never falling. */
  readonly probabilities: readonly number[];
}

/**
 * Raw score to calibrated probability in [0, 1]; never falls as the score rises.
 *
 * The score is on the scale that the calibrator was fitted on (for a graph's output: its logit).
 *
 * @throws RangeError for NaN, TypeError for a calibrator of no known kind (JSON from elsewhere).
 * @example
 * const calibrator = fitPlatt(logits, labels);
 * const probability = calibrate(calibrator, 1.3);
 */
export function calibrate(calibrator: Calibrator, score: number): number {
  if (Number.isNaN(score)) throw new RangeError("Expected a score, got NaN");
  if (!Object.hasOwn(appliers, calibrator.kind))
    throw new TypeError(`Expected a calibrator of kind ${Object.keys(appliers).join(", ")}, got ${JSON.stringify(calibrator.kind)}`);
  return (appliers[calibrator.kind] as (calibrator: Calibrator, score: number) => number)(calibrator, score);
}

const appliers: { readonly [Kind in Calibrator["kind"]]: (calibrator: Extract<Calibrator, { kind: Kind }>, score: number) => number } = {
  // A slope of 0 times an infinite score has no value; the line is level there.
  platt: ({ slope, intercept }, score) => sigmoid((slope === 0 ? 0 : slope * score) + intercept),
  temperature: ({ temperature }, score) => sigmoid(score / temperature),
  isotonic: ({ scores, probabilities }, score) => interpolate(scores, probabilities, score),
};

function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const last = xs.length - 1;
  if (x <= xs[0]!) return ys[0]!;
  if (x >= xs[last]!) return ys[last]!;
  let below = 0;
  let above = last;
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (xs[middle]! <= x) below = middle;
    else above = middle;
  }
  const share = (x - xs[below]!) / (xs[above]! - xs[below]!);
  // Rounding may step over the upper knot; the next piece starts there, and the curve may not fall.
  return Math.min(ys[below]! + share * (ys[above]! - ys[below]!), ys[above]!);
}
