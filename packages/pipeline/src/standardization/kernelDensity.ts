/** Points at which the smoothed curve is evaluated. */
const gridSize = 256;

/** Modes of the values smoothed by a Gaussian kernel of this deviation. */
export function modeCount(values: readonly number[], bandwidth: number): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const step = (high - low + 6 * bandwidth) / (gridSize - 1);
  const curve = new Float64Array(gridSize);
  for (const value of values) {
    const place = (value - low + 3 * bandwidth) / step;
    const reach = (5 * bandwidth) / step;
    for (let at = Math.max(0, Math.ceil(place - reach)); at <= Math.min(gridSize - 1, place + reach); at++)
      curve[at]! += Math.exp(-0.5 * (((at - place) * step) / bandwidth) ** 2);
  }
  let modes = 0;
  let isRising = true;
  for (let at = 1; at < gridSize; at++) {
    if (isRising && curve[at]! < curve[at - 1]!) modes++;
    if (curve[at] !== curve[at - 1]) isRising = curve[at]! > curve[at - 1]!;
  }
  return modes;
}

/** The least smoothing that leaves one mode: modes never grow in number with a Gaussian kernel's deviation (Silverman 1981), so halving finds it. */
export function criticalBandwidth(values: readonly number[]): number {
  const range =
    values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) -
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  let [low, high] = [range / gridSize, range];
  for (let round = 0; round < 30; round++) {
    const middle = (low + high) / 2;
    if (modeCount(values, middle) > 1) low = middle;
    else high = middle;
  }
  return high;
}
