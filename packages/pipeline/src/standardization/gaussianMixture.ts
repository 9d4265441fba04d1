/** A Gaussian, one component of a mixture. */
export interface Gaussian {
  readonly mean: number;
  readonly deviation: number;
  /** Share of the values that it describes. */
  readonly weight: number;
}

/** Components may not be narrower than this part of the values' own deviation: one around a single value would be infinitely likely. */
const narrowest = 1 / 20;

/** One Gaussian: mean and deviation of the values. */
export function fitGaussian(values: readonly number[]): Gaussian {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1)), weight: 1 };
}

/** Sums of shares, of shares times values, and of shares times squares. */
type Moments = [total: number, sum: number, squares: number];

/** A mixture of two Gaussians by at most 60 rounds of expectation maximization from the split at the median (Dempster, Laird and Rubin 1977); values in rising order. */
export function fitTwoGaussians(sorted: readonly number[]): readonly [Gaussian, Gaussian] {
  const { mean: center, deviation } = fitGaussian(sorted);
  const least = deviation * narrowest;
  const middle = sorted.length >> 1;
  const start = (half: readonly number[]): Gaussian => ({
    ...fitGaussian(half),
    deviation: Math.max(fitGaussian(half).deviation, least),
    weight: 0.5,
  });
  let components: readonly [Gaussian, Gaussian] = [start(sorted.slice(0, middle)), start(sorted.slice(middle))];
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < 60; round++) {
    let likelihood = 0;
    // Moments of each value's share in either component, about the common center.
    const sums: readonly [Moments, Moments] = [
      [1e-9, 0, 0],
      [1e-9, 0, 0],
    ];
    for (const value of sorted) {
      const densities = [weighted(value, components[0]), weighted(value, components[1])] as const;
      const whole = Math.max(densities[0] + densities[1], 1e-300);
      likelihood += Math.log(whole);
      for (const which of [0, 1] as const) {
        const share = densities[which] / whole;
        sums[which][0] += share;
        sums[which][1] += share * (value - center);
        sums[which][2] += share * (value - center) ** 2;
      }
    }
    const component = ([total, sum, squares]: Moments): Gaussian => {
      const shift = sum / total;
      const spread = Math.sqrt(Math.max(squares / total - shift ** 2, 0));
      return { mean: center + shift, deviation: Math.max(spread, least), weight: total / sorted.length };
    };
    components = [component(sums[0]), component(sums[1])];
    if (likelihood - before < 1e-6 * sorted.length) break;
    before = likelihood;
  }
  return components;
}

/** Density of a mixture at a value. */
export const mixtureDensity = (value: number, components: readonly Gaussian[]): number =>
  components.reduce((sum, component) => sum + weighted(value, component), 0);

const weighted = (value: number, { mean, deviation, weight }: Gaussian): number =>
  (weight * Math.exp(-((value - mean) ** 2) / (2 * deviation ** 2))) / (deviation * Math.sqrt(2 * Math.PI));
