import { rangeError } from "../cases/checkCases.ts";
import { noncentralFTail } from "../distributions/fisher.ts";
import { studentCritical } from "../distributions/student.ts";
import type { Mrmc } from "./mrmc.ts";

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
export function mrmcPower(
  pilot: Pick<Mrmc, "meanSquares" | "components">,
  { difference, readers, cases, pilotCases, alpha = 0.05 }: MrmcPlan,
): number {
  if (!(Number.isInteger(readers) && readers >= 2)) throw rangeError("readers to be a whole number >= 2", readers);
  if (!(cases >= 1)) throw rangeError("cases >= 1", cases);
  if (!(pilotCases >= 1)) throw rangeError("pilotCases >= 1", pilotCases);
  if (!(alpha > 0 && alpha < 1)) throw rangeError("alpha in (0, 1)", alpha);
  if (!Number.isFinite(difference)) throw rangeError("difference to be a finite number", difference);
  const { variance, cov1, cov2, cov3 } = pilot.components;
  const readersApart = Math.max(cov2 - cov3, 0);
  const interaction = Math.max(0, pilot.meanSquares.treatmentByReader - (variance - cov1 - readersApart));
  const shrink = pilotCases / cases;
  const within = interaction + shrink * (variance - cov1 - readersApart);
  const denominator = within + readers * shrink * readersApart;
  const df2 = (denominator / within) ** 2 * (readers - 1);
  const noncentrality = (readers * difference ** 2) / (2 * denominator);
  return noncentralFTail(studentCritical(alpha, df2) ** 2, { df1: 1, df2, noncentrality });
}

/**
 * Fewest cases that give the wanted power; Infinity when more cases cannot help, because the readers themselves differ too much.
 *
 * @example mrmcCases(pilot, { difference: 0.03, readers: 12, pilotCases: 114, power: 0.8 });
 */
export function mrmcCases(pilot: Pick<Mrmc, "meanSquares" | "components">, plan: Omit<MrmcPlan, "cases"> & { readonly power?: number }): number {
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
