import { keyedRandom, requireKnownKeys } from "@mammo/mammogram";
import { type ScoreScale, toScore } from "../score.ts";

/** How far scores depend on the reference set that happened to be drawn. */
export interface ScaleStability {
  /** Mean share of the cases whose score moves at all, and of those that it moves by more than one, over the resamples. */
  readonly moved: number;
  readonly movedFar: number;
  /** The share that moves by more than one in the worst of 20 resamples (95th percentile). */
  readonly movedFarWorst: number;
  readonly resamples: number;
  /** Resamples that no scale could be cut from. */
  readonly failed: number;
}

/**
 * Cuts a scale anew from resamples of its reference set, and counts the cases whose score moves.
 *
 * `fit` gets the indices of a resample and cuts a scale from those cases; a RangeError of it counts as a failed resample.
 *
 * Source: ours; the bar of below 2 % for more than one score is the project's.
 *
 * @throws RangeError for no cases, probabilities outside [0, 1], resamples < 1, and where every resample fails.
 * @example
 * scaleStability(scale, probabilities, (sample) => fitScale("again", sample.map((i) => probabilities[i]), { sha256 }), { seed: 1 });
 */
export function scaleStability(
  scale: ScoreScale,
  probabilities: ArrayLike<number>,
  fit: (sample: number[]) => ScoreScale,
  options: { readonly seed: number; readonly resamples?: number },
): ScaleStability {
  requireKnownKeys("scaleStability", options, { seed: true, resamples: true });
  const { seed, resamples = 200 } = options;
  const n = probabilities.length;
  if (n === 0) throw new RangeError("Expected at least one case, got none");
  if (!(Number.isInteger(resamples) && resamples >= 1)) throw new RangeError(`Expected resamples to be a whole number >= 1, got ${resamples}`);
  const scores = Array.from(probabilities, (p) => toScore(p, scale));
  const random = keyedRandom(seed, "scale stability");
  const far: number[] = [];
  let [moved, failed] = [0, 0];
  for (let r = 0; r < resamples; r++) {
    const sample = Array.from({ length: n }, () => random.below(n));
    let again: ScoreScale;
    try {
      again = fit(sample);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      failed++;
      continue;
    }
    const apart = scores.map((score, i) => Math.abs(score - toScore(probabilities[i]!, again)));
    moved += apart.filter((by) => by > 0).length / n;
    far.push(apart.filter((by) => by > 1).length / n);
  }
  if (far.length === 0) throw new RangeError(`Expected a scale from at least one of ${resamples} resamples, got none`);
  far.sort((a, b) => a - b);
  return {
    moved: moved / far.length,
    movedFar: far.reduce((sum, share) => sum + share / far.length, 0),
    movedFarWorst: far[Math.min(far.length - 1, Math.floor(0.95 * far.length))]!,
    resamples,
    failed,
  };
}
