/** value = limit + gain · size^(-exponent). */
export interface PowerLaw {
  /** What infinitely many members would reach. */
  readonly limit: number;
  /** Above 0 where the value falls with size. */
  readonly gain: number;
  /** > 0 */
  readonly exponent: number;
  /** Root of the mean squared distance of the points from the law. */
  readonly residual: number;
  /** The law's value at a size. */
  readonly at: (size: number) => number;
}

/** Exponents that are tried: below, a curve is flat as far as anyone can see; above, it ends at size 2. */
const [slowest, fastest] = [0.05, 4];

/**
 * The power law nearest to values by size (least squares): for each exponent limit and gain are a straight line; the best exponent in [0.05, 4] is searched for.
 *
 * Source: re-implementation of the form in Lobacheva et al. 2020, eq. 1.
 *
 * @throws RangeError for fewer than three different sizes, sizes < 1 and values that are not finite.
 * @example fitPowerLaw([{ size: 1, value: 0.6 }, { size: 2, value: 0.55 }, { size: 4, value: 0.525 }]).limit; // 0.5
 */
export function fitPowerLaw(points: readonly { readonly size: number; readonly value: number }[]): PowerLaw {
  if (new Set(points.map(({ size }) => size)).size < 3) throw new RangeError(`Expected at least three different sizes, got ${points.length} points`);
  for (const { size, value } of points)
    if (!(size >= 1 && Number.isFinite(size) && Number.isFinite(value)))
      throw new RangeError(`Expected sizes >= 1 and finite values, got ${size}, ${value}`);
  // The error as a function of the exponent may have a second dip: a grid first, then the golden section around its best place.
  const grid = Array.from({ length: 80 }, (_, k) => slowest * (fastest / slowest) ** (k / 79));
  const best = grid.reduce((a, b) => (line(points, b).error < line(points, a).error ? b : a));
  let [low, high] = [Math.max(slowest, best / 1.06), Math.min(fastest, best * 1.06)];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let step = 0; step < 60; step++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (line(points, left).error <= line(points, right).error) high = right;
    else low = left;
  }
  const exponent = (low + high) / 2;
  const { limit, gain, error } = line(points, exponent);
  return { limit, gain, exponent, residual: Math.sqrt(error / points.length), at: (size) => limit + gain * size ** -exponent };
}

/** Least squares of the values on size^(-exponent). */
function line(points: readonly { readonly size: number; readonly value: number }[], exponent: number) {
  const n = points.length;
  const xs = points.map(({ size }) => size ** -exponent);
  const [x, y] = [xs.reduce((sum, value) => sum + value / n, 0), points.reduce((sum, { value }) => sum + value / n, 0)];
  const gain = xs.reduce((sum, value, i) => sum + (value - x) * (points[i]!.value - y), 0) / xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
  const limit = y - gain * x;
  const error = points.reduce((sum, { value }, i) => sum + (value - limit - gain * xs[i]!) ** 2, 0);
  return { limit, gain, error };
}
