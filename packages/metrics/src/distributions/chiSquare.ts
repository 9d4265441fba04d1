import { upperTail } from "./upperTail.ts";

/** P(X > x) of the chi-square distribution, for degrees of freedom > 0. */
export function chiSquareTail(x: number, df: number): number {
  return upperTail({ f: x / df, above: (x - df) / df, log: Math.log(x / df) }, Infinity, df / 2);
}
