/** A share with its interval; NaN when the denominator is 0. */
export interface Rate {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  /** Numerator and denominator; weighted, hence perhaps no whole numbers. */
  readonly events: number;
  readonly of: number;
}

/** What is counted of some exams: weight of those with the event, of all, and its squares. */
export interface Counted {
  readonly events: number;
  readonly of: number;
  readonly squares: number;
}

/** Wilson's interval (1927) of a share, of Kish's effective number of cases. */
export function wilson({ events, of, squares }: Counted, z: number): Rate {
  const [n, rate] = [(of * of) / squares, events / of];
  const center = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  // At 0 and 1 the formula's ends are exact but for rounding.
  return { rate, low: rate === 0 ? 0 : center - half, high: rate === 1 ? 1 : center + half, events, of };
}
