/** What a curve of losses or scores does at its end. */
export interface CurveTrend {
  /** Standard deviation around the curve, from differences of neighbors. */
  readonly noise: number;
  /** Change over the last third, by a straight line. */
  readonly change: number;
  /** Whether that change lies within twice its standard error: a plateau, as far as the noise lets one see. */
  readonly isLevel: boolean;
}

/**
 * Noise and plateau of a curve of at least nine values at even steps; undefined of fewer.
 *
 * Noise: von Neumann's successive differences (documented); plateau: ordinary least squares on the last third, two standard errors (ours).
 */
export function curveTrend(values: readonly number[]): CurveTrend | undefined {
  const count = values.length;
  if (count < 9) return undefined;
  let squares = 0;
  for (let i = 1; i < count; i++) squares += (values[i]! - values[i - 1]!) ** 2;
  const noise = Math.sqrt(squares / (2 * (count - 1)));
  const last = values.slice(-Math.floor(count / 3));
  const [middle, mean] = [(last.length - 1) / 2, last.reduce((sum, value) => sum + value, 0) / last.length];
  let [across, along] = [0, 0];
  for (const [i, value] of last.entries()) {
    across += i * (value - mean);
    along += (i - middle) ** 2;
  }
  const slope = across / along;
  return { noise, change: slope * (last.length - 1), isLevel: Math.abs(slope) <= (2 * noise) / Math.sqrt(along) };
}
