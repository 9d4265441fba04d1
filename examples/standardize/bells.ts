/** A Gaussian bell. */
export interface Bell {
  readonly mean: number;
  readonly deviation: number;
  /** Share of the values that it describes. */
  readonly weight: number;
}

/** Bells may not be narrower than this part of the values' own deviation: a bell around one value would be infinitely likely. */
const narrowest = 1 / 20;

/** One bell: mean and deviation of the values. */
export function oneBell(values: readonly number[]): Bell {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1)), weight: 1 };
}

/** Sums of shares, of shares times values, and of shares times squares. */
type Moments = [total: number, sum: number, squares: number];

/** Two bells by at most 60 rounds of expectation maximization from the split at the median (Dempster, Laird and Rubin 1977); values in rising order. */
export function twoBells(sorted: readonly number[]): readonly [Bell, Bell] {
  const { mean: centre, deviation } = oneBell(sorted);
  const least = deviation * narrowest;
  const middle = sorted.length >> 1;
  const start = (half: readonly number[]): Bell => ({ ...oneBell(half), deviation: Math.max(oneBell(half).deviation, least), weight: 0.5 });
  let bells: readonly [Bell, Bell] = [start(sorted.slice(0, middle)), start(sorted.slice(middle))];
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < 60; round++) {
    let likelihood = 0;
    // Moments of each value's share in either bell, about the common centre.
    const sums: readonly [Moments, Moments] = [
      [1e-9, 0, 0],
      [1e-9, 0, 0],
    ];
    for (const value of sorted) {
      const densities = [weighted(value, bells[0]), weighted(value, bells[1])] as const;
      const whole = Math.max(densities[0] + densities[1], 1e-300);
      likelihood += Math.log(whole);
      for (const which of [0, 1] as const) {
        const share = densities[which] / whole;
        sums[which][0] += share;
        sums[which][1] += share * (value - centre);
        sums[which][2] += share * (value - centre) ** 2;
      }
    }
    const bell = ([total, sum, squares]: Moments): Bell => {
      const shift = sum / total;
      const spread = Math.sqrt(Math.max(squares / total - shift ** 2, 0));
      return { mean: centre + shift, deviation: Math.max(spread, least), weight: total / sorted.length };
    };
    bells = [bell(sums[0]), bell(sums[1])];
    if (likelihood - before < 1e-6 * sorted.length) break;
    before = likelihood;
  }
  return bells;
}

export const densityOf = (value: number, bells: readonly Bell[]): number => bells.reduce((sum, bell) => sum + weighted(value, bell), 0);

const weighted = (value: number, { mean, deviation, weight }: Bell): number =>
  (weight * Math.exp(-((value - mean) ** 2) / (2 * deviation ** 2))) / (deviation * Math.sqrt(2 * Math.PI));
