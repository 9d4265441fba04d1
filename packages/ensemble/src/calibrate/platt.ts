import { checkLabeled } from "../checkLabeled.ts";
import { spreadOf } from "../spreadOf.ts";
import type { PlattCalibrator } from "./calibrator.ts";

const maxIterations = 100;
// Keeps the Hessian invertible when all scores are equal (Lin, Lin and Weng, sigma).
const ridge = 1e-12;

/**
 * Fits sigmoid(slope * score + intercept) to labels by maximum likelihood on Platt's smoothed targets.
 *
 * scores: any finite numbers, best logits; labels: 0 or 1. The targets (n+ + 1)/(n+ + 2) and 1/(n- + 2) keep the fit finite
 * on separable data and on a single class. Where the scores fall with the labels the slope is 0 and all cases get the same
 * probability: the best fit among those that never fall.
 *
 * Source: re-implementation of Platt 2000 with the Newton method of Lin, Lin and Weng, "A note on Platt's probabilistic
 * outputs for support vector machines", 2007; slope = -A and intercept = -B there.
 *
 * @throws RangeError for unequal lengths, no cases, scores that are not finite, labels other than 0 and 1.
 * @example fitPlatt([-2, -1, 1, 2], [0, 0, 1, 1]); // { kind: "platt", slope: 0.63, intercept: 0 }
 */
export function fitPlatt(scores: ArrayLike<number>, labels: ArrayLike<number>): PlattCalibrator {
  checkLabeled(scores, labels);
  const positives = Array.from(labels).reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  const targetOf = [1 / (negatives + 2), (positives + 1) / (positives + 2)] as const;
  const prior = Math.log((positives + 1) / (negatives + 1));
  // Scores are centered and scaled for the search, or a large offset would ruin the Hessian.
  const { center, spread } = spreadOf(scores);
  const cases = Array.from(scores, (score, i) => ({ x: (score - center) / spread, target: targetOf[labels[i] as 0 | 1] }));

  let [slope, intercept] = [0, prior];
  let loss = negativeLogLikelihood(cases, slope, intercept);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    let [gradientSlope, gradientIntercept, hxx, hx1, h11] = [0, 0, ridge, 0, ridge];
    for (const { x, target } of cases) {
      const p = 1 / (1 + Math.exp(-(slope * x + intercept)));
      const curvature = p * (1 - p);
      gradientSlope += (p - target) * x;
      gradientIntercept += p - target;
      hxx += curvature * x * x;
      hx1 += curvature * x;
      h11 += curvature;
    }
    if (Math.abs(gradientSlope) < 1e-10 && Math.abs(gradientIntercept) < 1e-10) break;
    const determinant = hxx * h11 - hx1 * hx1;
    const stepSlope = -(h11 * gradientSlope - hx1 * gradientIntercept) / determinant;
    const stepIntercept = -(hxx * gradientIntercept - hx1 * gradientSlope) / determinant;
    const descent = gradientSlope * stepSlope + gradientIntercept * stepIntercept;
    let length = 1;
    let next = loss;
    for (; length >= 1e-10; length /= 2) {
      next = negativeLogLikelihood(cases, slope + length * stepSlope, intercept + length * stepIntercept);
      if (next < loss + 1e-4 * length * descent) break;
    }
    if (length < 1e-10) break; // as low as floating point can tell
    slope += length * stepSlope;
    intercept += length * stepIntercept;
    loss = next;
  }
  // The likelihood is concave: if its top lies at a falling line, the best line that does not fall is level.
  if (slope <= 0) return { kind: "platt", slope: 0, intercept: levelLine(cases) };
  const shift = (slope * center) / spread;
  return { kind: "platt", slope: slope / spread, intercept: intercept - (Number.isFinite(shift) ? shift : slope * (center / spread)) };
}

interface Case {
  readonly x: number;
  readonly target: number;
}

/** -sum t log p + (1 - t) log(1 - p), written so that no exponential overflows. */
function negativeLogLikelihood(cases: readonly Case[], slope: number, intercept: number): number {
  let sum = 0;
  for (const { x, target } of cases) {
    const z = slope * x + intercept;
    sum += Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}

function levelLine(cases: readonly Case[]): number {
  const mean = cases.reduce((sum, { target }) => sum + target, 0) / cases.length;
  return Math.log(mean / (1 - mean));
}
