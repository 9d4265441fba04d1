/** An array of values in row-major order, in double precision. */
export interface Reference {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** An array of this shape, all 0. */
export const zeros = (shape: readonly number[]): Reference => ({
  shape,
  values: new Float64Array(shape.reduce((product, side) => product * side, 1)),
});

/** Elementwise, each value of `b` repeated over the leading axes of `a`. */
export function elementwise(a: Reference, b: Reference, compute: (a: number, b: number) => number): Reference {
  return { shape: a.shape, values: a.values.map((value, i) => compute(value, b.values[i % b.values.length]!)) };
}

export const map = (x: Reference, compute: (value: number) => number): Reference => ({ shape: x.shape, values: x.values.map(compute) });
