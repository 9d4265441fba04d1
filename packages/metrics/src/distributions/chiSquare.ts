import { upperGamma } from "./gamma.ts";

/** P(X > x) of the chi-square distribution. */
export function chiSquareTail(x: number, df: number): number {
  return Number.isNaN(x) ? NaN : upperGamma(df / 2, x / 2);
}
