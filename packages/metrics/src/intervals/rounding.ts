/** Areas are sums of some ten thousand terms at most in the last bits: what lies this far below them is rounding, and real differences are far above it. */
const level = 2 ** -45;

/** A difference of areas, or exactly 0 where it is no more than rounding. `scale`: the size of what was subtracted. */
export const settled = (difference: number, scale: number): number => (Math.abs(difference) <= level * scale ? 0 : difference);

/** Deviations of values from their mean, each exactly 0 where it is rounding. */
export function deviations(values: readonly number[]): readonly number[] {
  const mean = average(values);
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.map((value) => settled(value - mean, scale));
}

/** Sum of squares. */
export const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);

/** Arithmetic mean. */
export const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
