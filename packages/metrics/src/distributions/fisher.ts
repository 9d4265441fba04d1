import { betaRatio } from "./beta.ts";

/** P(F > f) of Fisher's distribution. */
export function fTail(f: number, df1: number, df2: number): number {
  return f <= 0 ? 1 : betaRatio(df2 / (df2 + df1 * f), df2 / 2, df1 / 2);
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
