import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { minMax } from "@mammo/mammogram";
import { assign } from "./assign.ts";
import { checkPlaced, checkProbability, checkSide } from "./checkFinding.ts";
import type { Finding } from "./finding.ts";

/** One lesion, seen in one image or in both projections of its breast. */
export interface Lesion {
  readonly laterality: Laterality;
  /** Calibrated, in [0, 1]: that of its highest finding. */
  readonly probability: number;
  /** One, or the CC and the MLO finding in this order. */
  readonly findings: readonly Finding[];
}

/** When findings of the two views may be one lesion. */
export interface PairOptions {
  /** Findings whose distances to the nipple differ by more than this stay alone; default 20 mm. */
  readonly maxDistanceMm?: number;
}

// Other projections follow other geometry: their findings stay alone.
const craniocaudal: ReadonlySet<ViewPosition> = new Set(["CC", "CCID"]);
const oblique: ReadonlySet<ViewPosition> = new Set(["MLO", "MLOID"]);

/**
 * Joins the CC and the MLO findings of each breast at the least total difference of their distances to the nipple.
 *
 * A CC finding that stays alone costs `maxDistanceMm`. A finding without a distance, of another view, or with no partner within
 * `maxDistanceMm` is a lesion of its own. No finding is lost and none is used twice. Lesions come by falling probability, left breast first among equals.
 *
 * Source: ours, after the radiologists' rule that the distance to the nipple is about constant (van Engeland and Karssemeijer,
 * MICCAI 2001). The default of 20 mm is a starting value, not fitted to data.
 *
 * @throws RangeError for maxDistanceMm <= 0, and for a finding with an unknown side or view, a box without extent, a probability outside [0, 1] or a
 * distance that is no number >= 0.
 * @example
 * pairLesions([
 *   { laterality: "L", view: "CC", box, probability: 0.1, nippleDistance: 41 },
 *   { laterality: "L", view: "MLO", box, probability: 0.3, nippleDistance: 45 },
 * ]); // one lesion of probability 0.3
 */
export function pairLesions(findings: readonly Finding[], options: PairOptions = {}): Lesion[] {
  const { maxDistanceMm = 20 } = options;
  if (!(maxDistanceMm > 0 && maxDistanceMm < Infinity)) throw new RangeError(`Expected maxDistanceMm > 0, got ${maxDistanceMm}`);
  for (const [i, finding] of findings.entries()) {
    checkSide(finding, `findings[${i}]`);
    checkPlaced(finding, `findings[${i}]`);
    checkProbability(finding.probability, `findings[${i}].probability`);
  }
  const lesions: Lesion[] = [];
  for (const laterality of ["L", "R"] as const) {
    const breast = findings.filter((finding) => finding.laterality === laterality);
    const placed = breast.filter((finding) => finding.nippleDistance !== undefined);
    const above = placed.filter((finding) => craniocaudal.has(finding.view));
    const aside = placed.filter((finding) => oblique.has(finding.view));
    const pairs = pair(above, aside, maxDistanceMm);
    const paired = new Set(pairs.flat());
    const groups = [...pairs, ...breast.filter((finding) => !paired.has(finding)).map((finding) => [finding])];
    for (const group of groups) lesions.push({ laterality, probability: minMax(group.map((finding) => finding.probability))[1], findings: group });
  }
  return lesions.sort((a, b) => b.probability - a.probability);
}

/**
 * Rows are the CC findings; behind the MLO columns each row has one of its own that means "seen in one view only". At the price
 * of the gate it is taken exactly when no partner within the gate is worth more elsewhere.
 */
function pair(above: readonly Finding[], aside: readonly Finding[], maxDistanceMm: number): (readonly [Finding, Finding])[] {
  const columns = aside.length + above.length;
  const difference = (row: number, column: number) => Math.abs(above[row]!.nippleDistance! - aside[column]!.nippleDistance!);
  const cost = Float64Array.from({ length: above.length * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    // Beyond the gate a pair must cost more than both ways of staying alone together.
    if (column >= aside.length) return maxDistanceMm;
    return difference(row, column) <= maxDistanceMm ? difference(row, column) : 3 * maxDistanceMm * above.length;
  });
  const columnOf = assign(cost, above.length, columns);
  return above.flatMap((finding, row) => {
    const column = columnOf[row]!;
    return column < aside.length ? [[finding, aside[column]!] as const] : [];
  });
}
