/** Refuses what no calibrator can be fitted to: unequal lengths, no cases, a score that is no number, a label other than 0 and 1. */
export function checkLabeled(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
  if (scores.length !== labels.length) throw new RangeError(`Expected as many scores as labels, got ${scores.length} and ${labels.length}`);
  if (scores.length === 0) throw new RangeError("Expected at least one case, got none");
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i]!)) throw new RangeError(`Expected finite scores, got ${scores[i]} at ${i}`);
    if (labels[i] !== 0 && labels[i] !== 1) throw new RangeError(`Expected labels 0 or 1, got ${labels[i]} at ${i}`);
  }
}
