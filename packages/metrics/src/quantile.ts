/** A copy of the numbers, NaN left out, from lowest to highest. */
export function sortedNumbers(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

/** Quantile of numbers sorted already, linear between order statistics (type 7 of Hyndman and Fan 1996, as R and NumPy do). NaN of nothing. */
export function quantile(sorted: Float64Array, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[below + 1] ?? low;
  return low + (place - below) * (high - low);
}

/** Checks a share of an interval; throws RangeError unless in (0, 1). */
export function checkConfidence(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`Expected confidence in (0, 1), got ${confidence}`);
  return confidence;
}
