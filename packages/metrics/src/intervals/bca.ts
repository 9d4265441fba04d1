import { quantile, sortedNumbers } from "@mammo/mammogram";
import { normalCdf, normalQuantile } from "../distributions/normal.ts";
import { deviations, settled, squares } from "./rounding.ts";

/** Efron's acceleration from the leave-one-out values of a statistic: skewness of their deviations / 6. 0 when all are equal up to rounding. */
export function acceleration(leftOut: Float64Array): number {
  const apart = deviations(Array.from(leftOut.filter((value) => !Number.isNaN(value))));
  const sumOfSquares = squares(apart);
  const cubes = apart.reduce((sum, value) => sum - value ** 3, 0);
  return sumOfSquares === 0 ? 0 : cubes / (6 * sumOfSquares ** 1.5);
}

/**
 * Bias-corrected and accelerated interval (Efron 1987, eq. 6.8; DiCiccio and Efron 1996). Replicates equal to the estimate count half.
 *
 * When all replicates lie on one side of the estimate the correction is infinite: the interval then ends at the outermost replicate.
 */
export function bcaInterval(
  replicates: Float64Array,
  { estimate, acceleration: a, confidence }: { readonly estimate: number; readonly acceleration: number; readonly confidence: number },
): { readonly low: number; readonly high: number } {
  const sorted = sortedNumbers(replicates);
  if (sorted.length === 0 || Number.isNaN(estimate)) return { low: NaN, high: NaN };
  let below = 0;
  for (const value of sorted) below += (1 - Math.sign(settled(value - estimate, Math.abs(estimate)))) / 2;
  const bias = normalQuantile(below / sorted.length);
  const end = (p: number) => {
    const z = bias + normalQuantile(p);
    return quantile(sorted, Number.isFinite(bias) ? normalCdf(bias + z / (1 - a * z)) : bias < 0 ? 0 : 1);
  };
  const tail = (1 - confidence) / 2;
  return { low: end(tail), high: end(1 - tail) };
}
