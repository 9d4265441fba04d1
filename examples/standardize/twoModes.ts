/** How much better two bells describe some values than one. */
export interface TwoModes {
  /** Bayesian information criterion of one bell minus that of two: above 10 the values have two modes, below 0 one. */
  readonly evidence: number;
  readonly means: readonly [number, number];
}

/**
 * One Gaussian against a mixture of two, fitted by expectation maximization from the split at the median (Dempster, Laird and Rubin 1977), compared by BIC (Schwarz 1978).
 *
 * The bells may not be narrower than a twentieth of the values' own deviation. Fewer than 8 values: no evidence.
 */
export function twoModes(values: readonly number[]): TwoModes {
  const sorted = [...values].sort((a, b) => a - b);
  const { mean, deviation } = moments(sorted);
  if (sorted.length < 8 || deviation === 0) return { evidence: 0, means: [mean, mean] };
  const least = deviation / 20;
  const middle = sorted.length >> 1;
  let bells = [sorted.slice(0, middle), sorted.slice(middle)].map((half) => ({ ...moments(half), weight: 0.5 }));
  for (const bell of bells) bell.deviation = Math.max(bell.deviation, least);
  for (let round = 0; round < 200; round++) {
    const shares = sorted.map((value) => {
      const densities = bells.map(({ weight, ...bell }) => weight * density(value, bell));
      const sum = densities[0]! + densities[1]! || 1;
      return densities.map((one) => one / sum);
    });
    bells = [0, 1].map((which) => {
      const total = shares.reduce((sum, share) => sum + share[which]!, 0) || 1e-9;
      const centre = sorted.reduce((sum, value, at) => sum + shares[at]![which]! * value, 0) / total;
      const spread = Math.sqrt(sorted.reduce((sum, value, at) => sum + shares[at]![which]! * (value - centre) ** 2, 0) / total);
      return { mean: centre, deviation: Math.max(spread, least), weight: total / sorted.length };
    });
  }
  const likelihood = (of: (value: number) => number): number => sorted.reduce((sum, value) => sum + Math.log(Math.max(of(value), 1e-300)), 0);
  const one = -2 * likelihood((value) => density(value, { mean, deviation })) + 2 * Math.log(sorted.length);
  const two =
    -2 * likelihood((value) => bells.reduce((sum, { weight, ...bell }) => sum + weight * density(value, bell), 0)) + 5 * Math.log(sorted.length);
  return { evidence: one - two, means: [bells[0]!.mean, bells[1]!.mean] };
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1)) };
}

const density = (value: number, { mean, deviation }: { readonly mean: number; readonly deviation: number }): number =>
  Math.exp(-((value - mean) ** 2) / (2 * deviation ** 2)) / (deviation * Math.sqrt(2 * Math.PI));
