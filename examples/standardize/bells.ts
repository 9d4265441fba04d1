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

/** Two bells by expectation maximization from the split at the median (Dempster, Laird and Rubin 1977); values in rising order. */
export function twoBells(sorted: readonly number[]): readonly [Bell, Bell] {
  const least = oneBell(sorted).deviation * narrowest;
  const middle = sorted.length >> 1;
  const start = (half: readonly number[]): Bell => ({ ...oneBell(half), deviation: Math.max(oneBell(half).deviation, least), weight: 0.5 });
  let bells: readonly [Bell, Bell] = [start(sorted.slice(0, middle)), start(sorted.slice(middle))];
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < 200; round++) {
    const shares = sorted.map((value) => {
      const [one, other] = [weighted(value, bells[0]), weighted(value, bells[1])];
      return one / (one + other || 1);
    });
    bells = [fit(sorted, shares, least), fit(sorted, shares.map((share) => 1 - share), least)]; // biome-ignore format: one line
    const now = logLikelihood(sorted, bells);
    if (now - before < 1e-6 * sorted.length) break;
    before = now;
  }
  return bells;
}

function fit(values: readonly number[], shares: readonly number[], least: number): Bell {
  const total = shares.reduce((sum, share) => sum + share, 0) || 1e-9;
  const mean = values.reduce((sum, value, at) => sum + shares[at]! * value, 0) / total;
  const spread = Math.sqrt(values.reduce((sum, value, at) => sum + shares[at]! * (value - mean) ** 2, 0) / total);
  return { mean, deviation: Math.max(spread, least), weight: total / values.length };
}

/** Natural logarithm of how likely the values are under bells. */
export const logLikelihood = (values: readonly number[], bells: readonly Bell[]): number =>
  values.reduce((sum, value) => sum + Math.log(Math.max(densityOf(value, bells), 1e-300)), 0);

export const densityOf = (value: number, bells: readonly Bell[]): number => bells.reduce((sum, bell) => sum + weighted(value, bell), 0);

const weighted = (value: number, { mean, deviation, weight }: Bell): number =>
  (weight * Math.exp(-((value - mean) ** 2) / (2 * deviation ** 2))) / (deviation * Math.sqrt(2 * Math.PI));
