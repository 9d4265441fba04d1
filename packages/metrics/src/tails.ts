import { betaRatio } from "./beta.ts";
import { upperGamma } from "./gamma.ts";
import { normalQuantile } from "./normal.ts";

/** P(F > f) of Fisher's distribution. */
export function fTail(f: number, df1: number, df2: number): number {
  return f <= 0 ? 1 : betaRatio(df2 / (df2 + df1 * f), df2 / 2, df1 / 2);
}

/** P(X > x) of the chi-square distribution. */
export function chiSquareTail(x: number, df: number): number {
  return Number.isNaN(x) ? NaN : upperGamma(df / 2, x / 2);
}

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

/** P(F > f) of the non-central distribution: a Poisson mixture of central ones (Johnson, Kotz and Balakrishnan 1995, ch. 30). */
export function noncentralFTail(
  f: number,
  { df1, df2, noncentrality }: { readonly df1: number; readonly df2: number; readonly noncentrality: number },
): number {
  const half = noncentrality / 2;
  const x = (df1 * f) / (df2 + df1 * f);
  let below = 0;
  let seen = 0;
  let logWeight = -half;
  for (let j = 0; seen < 1 - 1e-14 && j < 100_000; j++) {
    const weight = Math.exp(logWeight);
    below += weight * betaRatio(x, df1 / 2 + j, df2 / 2);
    seen += weight;
    if (j > half && weight < 1e-18) break;
    logWeight += Math.log(half) - Math.log(j + 1);
    if (half === 0) break;
  }
  return 1 - below;
}
