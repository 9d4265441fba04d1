import { sigmoid } from "../logit.ts";
import type { Calibrator } from "./calibrator.ts";
import { parseCalibrator } from "./parseCalibrator.ts";
import { vennAbersEnds } from "./vennAbersEnds.ts";

/**
 * Raw score to calibrated probability in [0, 1]; never falls as the score rises.
 *
 * The score is on the scale that the calibrator was fitted on (for a graph's output: its logit).
 *
 * @throws RangeError for NaN, and what `parseCalibrator` throws for a calibrator that is none.
 * @example
 * const calibrator = fitPlatt(logits, labels);
 * const probability = calibrate(calibrator, 1.3);
 */
export function calibrate(calibrator: Calibrator, score: number): number {
  if (Number.isNaN(score)) throw new RangeError("Expected a score, got NaN");
  // Once for each calibrator: a fitted curve has thousands of knots, a cohort thousands of scores.
  if (!checked.has(calibrator)) checked.add(parseCalibrator(calibrator));
  return (appliers[calibrator.kind] as (calibrator: Calibrator, score: number) => number)(calibrator, score);
}

const checked = new WeakSet<Calibrator>();

const appliers: { readonly [Kind in Calibrator["kind"]]: (calibrator: Extract<Calibrator, { kind: Kind }>, score: number) => number } = {
  // A slope of 0 times an infinite score has no value; the line is level there.
  platt: ({ slope, intercept }, score) => sigmoid((slope === 0 ? 0 : slope * score) + intercept),
  temperature: ({ temperature }, score) => sigmoid(score / temperature),
  isotonic: ({ scores, probabilities }, score) => interpolate(scores, probabilities, score),
  // ln s = -ln(1 + exp(-score)), the same for 1 - s with the other sign; a or b of 0 times an infinite logarithm has no value.
  beta: ({ a, b, c }, score) => sigmoid((b && b * softplus(score)) - (a && a * softplus(-score)) + c),
  "venn-abers": (calibrator, score) => {
    const [lower, upper] = vennAbersEnds(calibrator, score);
    return upper / (1 - lower + upper);
  },
};

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

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
  // Halves where the distance of two knots is more than the largest number; elsewhere not, or the smallest numbers would vanish.
  const part = xs[above]! - xs[below]! < Infinity ? 1 : 2;
  const share = (x / part - xs[below]! / part) / (xs[above]! / part - xs[below]! / part);
  // Rounding may step over the upper knot; the next piece starts there, and the curve may not fall.
  return Math.min(ys[below]! + share * (ys[above]! - ys[below]!), ys[above]!);
}
