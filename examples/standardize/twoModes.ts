import { stream } from "@mammo/phantom";
import { type Bell, oneBell, twoBells } from "./bells.ts";
import { criticalBandwidth, modeCount } from "./kernelModes.ts";

/** Whether values have one mode or more. */
export interface TwoModes {
  /** Fewer than 8 values tell nothing; `isTwo` is false then. */
  readonly isTold: boolean;
  /** `p` is below 0.05. */
  readonly isTwo: boolean;
  /** How often values of one mode look as much like several: Silverman's test (Journal of the Royal Statistical Society B 43 (1981) 97). Errs on the side of one mode. */
  readonly p: number;
  /** Ashman's D of the two bells that fit best: their distance in parts of their deviation (Astronomical Journal 108 (1994) 2348). An effect's size, not its proof. */
  readonly separation: number;
  readonly bells: readonly [Bell, Bell];
}

const least = 8;
const most = 400;
const draws = 199;

/**
 * Smooths the values until one mode is left, draws as many from that curve again and again, and counts how often those show more than one mode at the same smoothing.
 *
 * Fewer than 8 values tell nothing, equal ones have one mode; of many, 400 evenly spread quantiles stand for all.
 */
export function twoModes(values: readonly number[], seed = 1): TwoModes {
  const all = [...values].sort((a, b) => a - b);
  const sorted = all.length <= most ? all : Array.from({ length: most }, (_, at) => all[Math.floor(((at + 0.5) * all.length) / most)]!);
  const { mean, deviation } = oneBell(sorted);
  if (sorted.length < least || deviation === 0) {
    const one = oneBell(sorted);
    return { isTold: sorted.length >= least, isTwo: false, p: 1, separation: 0, bells: [one, one] };
  }
  const bandwidth = criticalBandwidth(sorted);
  const dice = stream(seed, "two modes");
  // Drawn from the smoothed curve, shrunk to the values' own deviation.
  const shrink = 1 / Math.sqrt(1 + (bandwidth / deviation) ** 2);
  const draw = (): number => mean + shrink * (sorted[dice.whole(0, sorted.length - 1)]! - mean + bandwidth * dice.normal());
  let several = 0;
  for (let round = 0; round < draws; round++) if (modeCount(Array.from(sorted, draw), bandwidth) > 1) several++;
  const p = (1 + several) / (1 + draws);
  const bells = twoBells(sorted);
  const separation = Math.abs(bells[0].mean - bells[1].mean) / Math.sqrt((bells[0].deviation ** 2 + bells[1].deviation ** 2) / 2);
  return { isTold: true, isTwo: p < 0.05, p, separation, bells };
}
