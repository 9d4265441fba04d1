import { checkLabeled } from "../checkLabeled.ts";
import type { VennAbersCalibrator } from "./calibrator.ts";
import { parseCalibrator } from "./parseCalibrator.ts";
import { tiedScores } from "./tiedScores.ts";
import { vennAbersEnds } from "./vennAbersEnds.ts";

/** A run of neighboring scores that share one mean, and the run beside it, away from the place that is looked at. */
interface Run {
  readonly sum: number;
  readonly weight: number;
  readonly beyond: Run | undefined;
}

/**
 * Fits inductive Venn-Abers prediction: for each score the isotonic fit of the held-out cases with one more case there, once healthy and once ill. Of the two
 * probabilities one is right in the long run, whatever the scores are like; their distance says how little is known there.
 *
 * scores: any finite numbers; labels: 0 or 1. Equal scores are merged first. O(distinct scores · steps of the isotonic curve).
 * Source: re-implementation of Vovk, Petej and Fedorova, "Large-scale probabilistic predictors with and without guarantees of validity", 2015; the numbers of
 * the package `venn-abers`.
 *
 * @throws RangeError for unequal lengths, no cases, scores that are not finite, labels other than 0 and 1.
 * @example fitVennAbers([1, 2], [0, 1]); // lower [0, 0.5], upper [0.5, 1]
 */
export function fitVennAbers(scores: ArrayLike<number>, labels: ArrayLike<number>): VennAbersCalibrator {
  checkLabeled(scores, labels);
  const { distinct, positives, counts } = tiedScores(scores, labels);
  const last = distinct.length - 1;
  // Isotonic fits of all that lies before a place, and of all behind it.
  const before: (Run | undefined)[] = [undefined];
  for (let i = 0; i < last; i++) before.push(grow({ sum: positives[i]!, weight: counts[i]!, beyond: before[i] }, falls));
  const behind: (Run | undefined)[] = new Array(distinct.length);
  for (let i = last; i > 0; i--) behind[i - 1] = grow({ sum: positives[i]!, weight: counts[i]!, beyond: behind[i] }, rises);
  const withOneMore = (label: 0 | 1) =>
    distinct.map((_, i) => meanAt({ sum: positives[i]! + label, weight: counts[i]! + 1, before: before[i], behind: behind[i] }));
  return { kind: "venn-abers", scores: distinct, lower: withOneMore(0), upper: withOneMore(1) };
}

/** Whether a run's mean is not above, or not below, that of the one beyond it. As products: no quotient. */
const falls = (run: Omit<Run, "beyond">, beyond: Run) => run.sum * beyond.weight <= beyond.sum * run.weight;
const rises = (run: Omit<Run, "beyond">, beyond: Run) => run.sum * beyond.weight >= beyond.sum * run.weight;

/** Joins a run with those beyond it as long as their order is wrong. */
function grow(run: Run, wrong: typeof falls): Run {
  let { sum, weight, beyond } = run;
  while (beyond && wrong({ sum, weight }, beyond)) [sum, weight, beyond] = [sum + beyond.sum, weight + beyond.weight, beyond.beyond];
  return { sum, weight, beyond };
}

/** The isotonic mean of a place between fits of both sides. */
function meanAt(place: {
  readonly sum: number;
  readonly weight: number;
  readonly before: Run | undefined;
  readonly behind: Run | undefined;
}): number {
  let { sum, weight, before, behind } = place;
  for (;;) {
    if (before && falls({ sum, weight }, before)) [sum, weight, before] = [sum + before.sum, weight + before.weight, before.beyond];
    else if (behind && rises({ sum, weight }, behind)) [sum, weight, behind] = [sum + behind.sum, weight + behind.weight, behind.beyond];
    else return sum / weight;
  }
}

/**
 * What a Venn-Abers calibrator says of a score: the probabilities at both ends, and the one between them that `calibrate` gives.
 *
 * probability = upper / (1 - lower + upper), which loses least in log loss whichever end is right. A wide interval means few held-out cases with such scores.
 *
 * @throws RangeError for NaN, and what `parseCalibrator` throws.
 * @example calibrateInterval(fitVennAbers([1, 2], [0, 1]), 2); // { lower: 0.5, probability: 0.667, upper: 1 }
 */
export function calibrateInterval(
  calibrator: VennAbersCalibrator,
  score: number,
): { readonly lower: number; readonly probability: number; readonly upper: number } {
  if (Number.isNaN(score)) throw new RangeError("Expected a score, got NaN");
  const { kind } = parseCalibrator(calibrator);
  if (kind !== "venn-abers") throw new TypeError(`Expected a calibrator of kind venn-abers, got ${JSON.stringify(kind)}`);
  const [lower, upper] = vennAbersEnds(calibrator, score);
  return { lower, probability: upper / (1 - lower + upper), upper };
}
