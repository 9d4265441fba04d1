import { checkLabeled } from "../checkLabeled.ts";
import { type Score, type ScoreScale, toScore } from "../score.ts";

/** The cases of one score. */
export interface ScoreRisk {
  readonly score: Score;
  readonly cases: number;
  readonly positives: number;
  /** Share of positives with its 95 % interval (Wilson 1927); NaN and [0, 1] for no cases. */
  readonly risk: number;
  readonly low: number;
  readonly high: number;
}

/** Of a normal distribution, two-sided 95 %. */
const z = 1.959963984540054;

/**
 * Observed risk of each score from 1 to 10, with intervals.
 *
 * Source: documented (Wilson's score interval).
 *
 * @throws RangeError for unequal lengths, no cases, probabilities outside [0, 1], labels other than 0 and 1, and as `toScore`.
 * @example riskByScore(scale, probabilities, labels)[9].risk;
 */
export function riskByScore(scale: ScoreScale, probabilities: ArrayLike<number>, labels: ArrayLike<number>): readonly ScoreRisk[] {
  checkLabeled(probabilities, labels);
  const [cases, positives] = [new Array<number>(10).fill(0), new Array<number>(10).fill(0)];
  for (let i = 0; i < labels.length; i++) {
    const score = toScore(probabilities[i]!, scale) - 1;
    cases[score]!++;
    positives[score]! += labels[i]!;
  }
  return cases.map((n, k): ScoreRisk => {
    const score = (k + 1) as Score;
    if (n === 0) return { score, cases: 0, positives: 0, risk: Number.NaN, low: 0, high: 1 };
    const risk = positives[k]! / n;
    const middle = (risk + (z * z) / (2 * n)) / (1 + (z * z) / n);
    const half = (z / (1 + (z * z) / n)) * Math.sqrt((risk * (1 - risk)) / n + (z * z) / (4 * n * n));
    return { score, cases: n, positives: positives[k]!, risk, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
  });
}
