/** A copy of the numbers, NaN left out, from lowest to highest. */
export function sortedNumbers(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

/**
 * Quantile `p` in [0, 1] of numbers that are sorted already, linear between order statistics (type 7 of Hyndman and Fan 1996, as R and NumPy do).
 * NaN of nothing.
 *
 * @example quantile(sortedNumbers([3, 1, 2, 4]), 0.5); // 2.5
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (place - below) * (high - low);
}
