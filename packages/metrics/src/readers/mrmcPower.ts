import { requireKnownKeys } from "@mammo/mammogram";
import { rangeError } from "../cases/checkCases.ts";
import { noncentralFTail } from "../distributions/fisher.ts";
import { studentCritical } from "../distributions/student.ts";
import { settled } from "../intervals/rounding.ts";
import { type Mrmc, satterthwaite } from "./mrmc.ts";

/** A reader study that is planned, and the size of the pilot that its covariances come from. */
export interface MrmcPlan {
  /** Difference of mean areas that shall be found. */
  readonly difference: number;
  readonly readers: number;
  /** Cases in all, at the pilot's share of positives. */
  readonly cases: number;
  /** Cases of the pilot that `pilot` was computed from. */
  readonly pilotCases: number;
  /** Two-sided level; default 0.05. */
  readonly alpha?: number;
}

/**
 * Power of a planned two-treatment study with random readers and cases, from a pilot (Hillis, Obuchowski and Berbaum 2011).
 *
 * Error covariances shrink as 1 / cases; the pilot's treatment-by-reader variance stays. In [alpha, 1].
 *
 * @throws RangeError unless readers >= 2, cases and pilotCases >= 1 and alpha in (0, 1).
 * @example mrmcPower(mrmc(labels, ratings), { difference: 0.03, readers: 12, cases: 300, pilotCases: 114 });
 */
export function mrmcPower(pilot: Pick<Mrmc, "meanSquares" | "components">, options: MrmcPlan): number {
  requireKnownKeys("mrmcPower", options, { difference: true, readers: true, cases: true, pilotCases: true, alpha: true });
  const { difference, readers, cases, pilotCases, alpha = 0.05 } = options;
  if (!(Number.isInteger(readers) && readers >= 2)) throw rangeError("readers to be a whole number >= 2", readers);
  if (!(cases >= 1)) throw rangeError("cases >= 1", cases);
  if (!(pilotCases >= 1)) throw rangeError("pilotCases >= 1", pilotCases);
  if (!(alpha > 0 && alpha < 1)) throw rangeError("alpha in (0, 1)", alpha);
  if (!Number.isFinite(difference)) throw rangeError("difference to be a finite number", difference);
  const { variance, cov1, cov2, cov3 } = pilot.components;
  // Differences of numbers that were rounded: what is no more than rounding is 0.
  const readersApart = Math.max(settled(cov2 - cov3, cov2), 0);
  const error = settled(variance - cov1 - readersApart, variance);
  const interaction = Math.max(0, settled(pilot.meanSquares.treatmentByReader - error, variance));
  const shrink = pilotCases / cases;
  const within = Math.max(0, interaction + shrink * error);
  const denominator = within + readers * shrink * readersApart;
  // Where nothing varies, any difference is found.
  const noncentrality = difference === 0 ? 0 : (readers * difference ** 2) / (2 * denominator);
  const df2 = satterthwaite(denominator, within, readers - 1);
  return noncentralFTail(studentCritical(alpha, df2) ** 2, { df1: 1, df2, noncentrality });
}

/**
 * Fewest cases that give the wanted power; Infinity when more cases cannot help, because the readers themselves differ too much.
 *
 * @example mrmcCases(pilot, { difference: 0.03, readers: 12, pilotCases: 114, power: 0.8 });
 */
export function mrmcCases(pilot: Pick<Mrmc, "meanSquares" | "components">, plan: Omit<MrmcPlan, "cases"> & { readonly power?: number }): number {
  requireKnownKeys("mrmcCases", plan, { difference: true, readers: true, pilotCases: true, alpha: true, power: true });
  const { power = 0.8, ...rest } = plan;
  if (!(power > 0 && power < 1)) throw rangeError("power in (0, 1)", power);
  const enough = (cases: number) => mrmcPower(pilot, { ...rest, cases }) >= power;
  let high = 2;
  while (!enough(high)) if ((high *= 2) > 1e9) return Infinity;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
