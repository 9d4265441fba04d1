import { betaRatio } from "./beta.ts";
import { upperGamma } from "./gamma.ts";
import { normalQuantile } from "./normal.ts";

/** P(|T| > |t|) of Student's distribution; df Infinity is the normal. */
export function studentTwoSided(t: number, df: number): number {
  return df === Infinity ? upperGamma(0.5, (t * t) / 2) : betaRatio(df / (df + t * t), df / 2, 0.5);
}

/** The t that a share `confidence` of |T| stays below. Bisection on the tail: slow, and right for any df > 0. */
export function studentHalfWidth(confidence: number, df: number): number {
  if (Number.isNaN(df)) return NaN;
  if (df === Infinity) return normalQuantile((1 + confidence) / 2);
  let [low, high] = [0, 1];
  while (studentTwoSided(high, df) > 1 - confidence) high *= 2;
  for (let step = 0; step < 200 && low < high; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTwoSided(middle, df) > 1 - confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
