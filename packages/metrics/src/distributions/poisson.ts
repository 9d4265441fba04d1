import { deviance, stirlingError } from "./upperTail.ts";

/** The chance of j events where `mean` are expected, by its deviance (Loader 2000). */
export function poissonShare(j: number, mean: number): number {
  if (j === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(j) - j * deviance((mean - j) / j, Math.log(mean / j))) / Math.sqrt(2 * Math.PI * j);
}
