/** What a list of numbers looks like. */
export interface NumbersSummary {
  readonly count: number;
  readonly norm: number;
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  /** Counts in bins of equal width from `min` to `max`; one bin where these are equal. */
  readonly histogram: readonly number[];
}

const bins = 30;

/** L2 norm, mean, standard deviation (of the population), range and histogram of finite numbers; zeros of an empty list. */
export function summarizeNumbers(values: ArrayLike<number>): NumbersSummary {
  const count = values.length;
  let [sum, squares, min, max] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    sum += value;
    squares += value * value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return { count, norm: 0, mean: 0, deviation: 0, min: 0, max: 0, histogram: [] };
  const mean = sum / count;
  const histogram = new Array<number>(max > min ? bins : 1).fill(0);
  let spread = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    spread += (value - mean) ** 2;
    const bin = max > min ? Math.min(bins - 1, Math.floor((bins * (value - min)) / (max - min))) : 0;
    histogram[bin]!++;
  }
  return { count, norm: Math.sqrt(squares), mean, deviation: Math.sqrt(spread / count), min, max, histogram };
}
