import { poissonShare } from "./poisson.ts";
import { upperTail } from "./upperTail.ts";

/** P(F > f) of Fisher's distribution, for degrees of freedom > 0 up to Infinity. */
export function fTail(f: number, df1: number, df2: number): number {
  return upperTail({ f, above: f - 1, log: Math.log(f) }, df2 / 2, df1 / 2);
}

/** P(F > f) of the non-central distribution: a Poisson mixture of central ones (Johnson, Kotz and Balakrishnan 1995, ch. 30). */
export function noncentralFTail(
  f: number,
  { df1, df2, noncentrality }: { readonly df1: number; readonly df2: number; readonly noncentrality: number },
): number {
  const mean = noncentrality / 2;
  if (Number.isNaN(f + df1 + df2 + mean)) return NaN;
  if (mean === 0) return fTail(f, df1, df2);
  if (mean > 1e15) return f < mean ? 1 : NaN;
  const deviation = Math.sqrt(mean);
  // Both factors change over some deviations: a few steps in each are as good as every whole number.
  const step = Math.max(1, Math.floor(deviation / 8));
  let [sum, total] = [0, 0];
  for (let j = Math.max(0, Math.floor(mean - 10 * deviation - 20)); ; j += step) {
    const share = poissonShare(j, mean);
    // What is left is less than the shares that are left, which fall from the mean on.
    if (j > mean && share <= 1e-18 * Math.min(sum, total)) break;
    const more = df1 + 2 * j;
    sum += share * upperTail({ f: (f * df1) / more, above: (f * df1 - more) / more, log: Math.log((f * df1) / more) }, df2 / 2, more / 2);
    total += share;
  }
  return Math.min(1, sum / total);
}
