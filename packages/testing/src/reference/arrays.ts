import { type Reference, zeros } from "./elementwise.ts";

/** [M, K] x [K, N] */
export function matMul(a: Reference, b: Reference): Reference {
  const [m, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const y = zeros([m, n]);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) y.values[i * n + j]! += a.values[i * k + l]! * b.values[l * n + j]!;
  return y;
}

/** Sum, mean or maximum over some axes, which are gone from the result. */
export function reduce(x: Reference, axes: readonly number[], kind: "sum" | "mean" | "max"): Reference {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const strideOf = (axis: number, of: readonly number[]) => of.slice(axis + 1).reduce((product, side) => product * side, 1);
  const y = zeros(kept.map((axis) => x.shape[axis]!));
  const count = x.values.length / y.values.length;
  if (kind === "max") y.values.fill(Number.NEGATIVE_INFINITY);
  x.values.forEach((value, i) => {
    const place = kept.reduce((sum, axis, j) => sum + (Math.floor(i / strideOf(axis, x.shape)) % x.shape[axis]!) * strideOf(j, y.shape), 0);
    y.values[place] = kind === "max" ? Math.max(y.values[place]!, value) : y.values[place]! + value / (kind === "mean" ? count : 1);
  });
  return y;
}

/** Rows of x by index. */
export function gather(x: Reference, indices: readonly number[]): Reference {
  const size = x.values.length / x.shape[0]!;
  const y = zeros([indices.length, ...x.shape.slice(1)]);
  indices.forEach((index, row) => void y.values.set(x.values.subarray(index * size, (index + 1) * size), row * size));
  return y;
}

/** Over the last axis. */
export function softmax(x: Reference): Reference {
  const size = x.shape.at(-1)!;
  const values = new Float64Array(x.values.length);
  for (let start = 0; start < values.length; start += size) {
    const row = x.values.subarray(start, start + size).map(Math.exp);
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, i) => void (values[start + i] = value / sum));
  }
  return { shape: x.shape, values };
}
