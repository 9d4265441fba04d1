import { upperTail } from "./upperTail.ts";

/** P(|T| > |t|) of Student's distribution, for degrees of freedom > 0; Infinity is the normal. */
export function studentTwoSided(t: number, df: number): number {
  const size = Math.abs(t);
  return upperTail({ f: size * size, above: (size - 1) * (size + 1), log: 2 * Math.log(size) }, df / 2, 0.5);
}

/** The t that |T| exceeds with probability p, for any degrees of freedom > 0. Bisection on the tail: slow, and right in every regime. */
export function studentCritical(p: number, df: number): number {
  if (!(p > 0 && p < 1) || !(df > 0)) return NaN;
  let [low, high] = [0, 1];
  while (studentTwoSided(high, df) > p) [low, high] = [high, high * 2];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (studentTwoSided(middle, df) > p) low = middle;
    else high = middle;
  }
}

/** The t that a share `confidence` of |T| stays below. */
export const studentHalfWidth = (confidence: number, df: number): number => studentCritical(1 - confidence, df);
