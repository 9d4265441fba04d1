import { keyedRandom } from "@mammo/mammogram";
import { fitGaussian, fitTwoGaussians, type Gaussian } from "./gaussianMixture.ts";
import { criticalBandwidth, modeCount } from "./kernelDensity.ts";

/** Whether values have one mode or more. */
export interface Bimodality {
  /** False for fewer than 8 values; `isBimodal` is false then. */
  readonly isDecidable: boolean;
  /** `p` is below 0.05. */
  readonly isBimodal: boolean;
  /** How often values of one mode look as much like several: Silverman's test (Journal of the Royal Statistical Society B 43 (1981) 97). Errs on the side of one mode. */
  readonly p: number;
  /** Ashman's D of the two Gaussians that fit best: their distance in parts of their deviation (Astronomical Journal 108 (1994) 2348). An effect's size, not its proof. */
  readonly separation: number;
  readonly components: readonly [Gaussian, Gaussian];
}

const least = 8;
const most = 400;
const draws = 199;

/**
 * Smooths the values until one mode is left, draws as many from that curve again and again, and counts how often those show more than one mode at the same smoothing.
 *
 * Fewer than 8 values tell nothing, equal ones have one mode; of many, 400 evenly spread quantiles stand for all.
 */
export function bimodality(values: readonly number[], seed = 1): Bimodality {
  const all = [...values].sort((a, b) => a - b);
  const sorted = all.length <= most ? all : Array.from({ length: most }, (_, at) => all[Math.floor(((at + 0.5) * all.length) / most)]!);
  const { mean, deviation } = fitGaussian(sorted);
  if (sorted.length < least || deviation === 0) {
    const one = fitGaussian(sorted);
    return { isDecidable: sorted.length >= least, isBimodal: false, p: 1, separation: 0, components: [one, one] };
  }
  const bandwidth = criticalBandwidth(sorted);
  const random = keyedRandom(seed, "two modes");
  // Drawn from the smoothed curve, shrunk to the values' own deviation.
  const shrink = 1 / Math.sqrt(1 + (bandwidth / deviation) ** 2);
  const draw = (): number => mean + shrink * (sorted[random.whole(0, sorted.length - 1)]! - mean + bandwidth * random.normal());
  let several = 0;
  for (let round = 0; round < draws; round++) if (modeCount(Array.from(sorted, draw), bandwidth) > 1) several++;
  const p = (1 + several) / (1 + draws);
  const components = fitTwoGaussians(sorted);
  const separation = Math.abs(components[0].mean - components[1].mean) / Math.sqrt((components[0].deviation ** 2 + components[1].deviation ** 2) / 2);
  return { isDecidable: true, isBimodal: p < 0.05, p, separation, components };
}
