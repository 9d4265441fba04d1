import { type Box, isViewPosition, requireExtent } from "@mammo/mammogram";
import type { Finding } from "./finding.ts";
import type { PlaceInBreast } from "./place/placeInBreast.ts";

/** What `checkFinding` reads of a finding or a peak. */
interface Placed {
  readonly box: Box;
  readonly place?: PlaceInBreast;
  readonly agreement?: number;
}

/** @throws RangeError for a side other than L and R or an unknown view. A finding of neither breast would vanish from the report. */
export function checkSide({ laterality, view }: { readonly laterality: unknown; readonly view: unknown }, place: string): void {
  if (laterality !== "L" && laterality !== "R") throw new RangeError(`Expected ${place}.laterality L or R, got ${JSON.stringify(laterality)}`);
  if (typeof view !== "string" || !isViewPosition(view))
    throw new RangeError(`Expected ${place}.view to be one of the 16 view positions, got ${JSON.stringify(view)}`);
}

/** @throws RangeError for a box without extent, a place that is no finite number of mm from the nipple, and an agreement that is no share. */
export function checkPlaced({ box, place, agreement }: Placed, name: string): void {
  requireExtent(box, `${name}.box`);
  if (agreement !== undefined && !(agreement >= 0 && agreement <= 1)) throw new RangeError(`Expected ${name}.agreement in [0, 1], got ${agreement}`);
  if (place !== undefined && !(place.fromNipple >= 0 && place.fromNipple < Infinity))
    throw new RangeError(`Expected ${name}.place.fromNipple >= 0, got ${place.fromNipple}`);
}

/** @throws RangeError for a value outside [0, 1]. */
export function checkProbability(probability: number, place: string): void {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`Expected ${place} in [0, 1], got ${probability}`);
}

/** @throws RangeError for what is no finding: side, view, box, probability, and a place in another view than the finding. */
export function checkFinding(finding: Finding, name: string): void {
  checkSide(finding, name);
  checkPlaced(finding, name);
  checkProbability(finding.probability, `${name}.probability`);
  const { laterality, view, place } = finding;
  if (place !== undefined && (place.laterality !== laterality || place.view !== view))
    throw new RangeError(`Expected ${name}.place in ${laterality}-${view}, got ${place.laterality}-${place.view}`);
}
