/**
 * Lowest and highest of numbers, however many: `Math.max(...values)` overflows the stack from some 120,000 on. (Infinity, -Infinity) of nothing; NaN is
 * passed over.
 */
export function minMax(values: ArrayLike<number>): readonly [min: number, max: number] {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < min) min = values[i]!;
    if (values[i]! > max) max = values[i]!;
  }
  return [min, max];
}
