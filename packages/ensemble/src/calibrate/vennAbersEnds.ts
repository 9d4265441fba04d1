import type { VennAbersCalibrator } from "./calibrator.ts";

/** The two probabilities of a score: if the case were healthy, and if it were ill. */
export function vennAbersEnds({ scores, lower, upper }: VennAbersCalibrator, score: number): readonly [lower: number, upper: number] {
  // The first knot that is not below the score.
  let [first, end] = [0, scores.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (scores[middle]! < score) first = middle + 1;
    else end = middle;
  }
  return [lower[scores[first] === score ? first : first - 1] ?? 0, upper[first] ?? 1];
}
