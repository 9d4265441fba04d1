/** Probabilities nearer than this to 0 or 1 are drawn back to it before a logit is taken: 0 and 1 have no finite one. */
const probabilityFloor = 1e-7;

/**
 * Probability in [0, 1] to log odds, natural logarithm; within ±16.1: 0 and 1 count as 1e-7 from the end.
 *
 * @throws RangeError outside [0, 1].
 */
export function logit(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`Expected a probability in [0, 1], got ${probability}`);
  const inside = Math.min(Math.max(probability, probabilityFloor), 1 - probabilityFloor);
  return Math.log(inside / (1 - inside));
}

/** Log odds to probability; exact at both ends, without overflow. */
export function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const odds = Math.exp(logit);
  return odds / (1 + odds);
}
