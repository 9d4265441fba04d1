import { type Box, isViewPosition, requireExtent } from "@mammo/mammogram";

/** What `checkFinding` reads of a finding or a peak. */
interface Placed {
  readonly box: Box;
  readonly nippleDistance?: number;
}

/** @throws RangeError for a side other than L and R or an unknown view. A finding of neither breast would vanish from the report. */
export function checkSide({ laterality, view }: { readonly laterality: unknown; readonly view: unknown }, place: string): void {
  if (laterality !== "L" && laterality !== "R") throw new RangeError(`Expected ${place}.laterality L or R, got ${JSON.stringify(laterality)}`);
  if (typeof view !== "string" || !isViewPosition(view))
    throw new RangeError(`Expected ${place}.view to be one of the 16 view positions, got ${JSON.stringify(view)}`);
}

/** @throws RangeError for a box without extent, and a distance to the nipple that is no number >= 0. */
export function checkPlaced({ box, nippleDistance }: Placed, place: string): void {
  requireExtent(box, `${place}.box`);
  if (nippleDistance !== undefined && !(nippleDistance >= 0 && nippleDistance < Infinity))
    throw new RangeError(`Expected ${place}.nippleDistance >= 0, got ${nippleDistance}`);
}

/** @throws RangeError for a value outside [0, 1]. */
export function checkProbability(probability: number, place: string): void {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`Expected ${place} in [0, 1], got ${probability}`);
}
