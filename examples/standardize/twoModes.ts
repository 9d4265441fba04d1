import { stream } from "@mammo/phantom";
import { type Bell, logLikelihood, oneBell, twoBells } from "./bells.ts";

/** Whether values have one mode or two. */
export interface TwoModes {
  /** Both below hold: the two bells are not chance, and stand apart. */
  readonly isTwo: boolean;
  /** How often values drawn from one bell speak as clearly for two: the likelihood-ratio test with its distribution by simulation (McLachlan, Applied Statistics 36 (1987) 318). Below 0.01 is not chance. */
  readonly p: number;
  /** Ashman's D: the distance of the bells in parts of their deviation (Ashman, Bird and Zepf, Astronomical Journal 108 (1994) 2348). Above 2 they stand apart. */
  readonly separation: number;
  readonly bells: readonly [Bell, Bell];
}

const least = 8;
const most = 400;
const draws = 199;

/** One Gaussian against a mixture of two. Fewer than 8 values, or equal ones, have one mode; of many, 400 evenly spread quantiles stand for all. */
export function twoModes(values: readonly number[], seed = 1): TwoModes {
  const all = [...values].sort((a, b) => a - b);
  const sorted = all.length <= most ? all : Array.from({ length: most }, (_, at) => all[Math.floor(((at + 0.5) * all.length) / most)]!);
  const one = oneBell(sorted);
  if (sorted.length < least || one.deviation === 0) return { isTwo: false, p: 1, separation: 0, bells: [one, one] };
  const bells = twoBells(sorted);
  const seen = ratio(sorted);
  const dice = stream(seed, "two modes");
  let asClear = 0;
  for (let draw = 0; draw < draws; draw++) if (ratio(Float64Array.from(sorted, () => dice.normal()).sort()) >= seen) asClear++;
  const p = (1 + asClear) / (1 + draws);
  const separation = Math.abs(bells[0].mean - bells[1].mean) / Math.sqrt((bells[0].deviation ** 2 + bells[1].deviation ** 2) / 2);
  return { isTwo: p < 0.01 && separation > 2, p, separation, bells };
}

const ratio = (sorted: ArrayLike<number>): number => {
  const values = Array.from(sorted);
  return logLikelihood(values, twoBells(values)) - logLikelihood(values, [oneBell(values)]);
};
