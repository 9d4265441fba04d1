import type { PlaceInBreast } from "./placeInBreast.ts";

/** The clinical words for a place. */
export interface PlaceWords {
  /** Of the posterior nipple line, from the nipple back. */
  readonly third: "anterior" | "middle" | "posterior";
  /** From a craniocaudal view alone "outer" or "inner", from an oblique one alone "upper" or "lower", from both a quadrant; "central" within 10 mm of the line. */
  readonly region: string;
  readonly mmFromNipple: number;
}

/** Within this of the posterior nipple line neither side is named. */
const centralMm = 10;

/**
 * Where a lesion is, in words: quadrant, third of the depth, whole mm from the nipple. One place, or the two of a pair (CC and oblique in either order).
 *
 * Standard images have the outer side of the breast on top in CC and the head on top in oblique views, as films are hung. In an oblique view "upper" is
 * above the posterior nipple line, which is not quite the horizontal plane through the nipple. Undefined where a place's landmarks are not trusted.
 *
 * Source: documented terms (ACR BI-RADS atlas, 5th edition, location of lesion); the limit of 10 mm is ours.
 *
 * @throws RangeError for no places, more than two, or two of the same kind of view or of both breasts.
 * @example describePlace([cc, mlo]); // { third: "posterior", region: "upper outer", mmFromNipple: 41 }
 */
export function describePlace(places: readonly PlaceInBreast[]): PlaceWords | undefined {
  if (places.length < 1 || places.length > 2) throw new RangeError(`Expected one place or two of a pair, got ${places.length}`);
  const above = places.find(({ view }) => view.startsWith("CC"));
  const oblique = places.find(({ view }) => !view.startsWith("CC"));
  if (places.length === 2 && (!above || !oblique || above.laterality !== oblique.laterality))
    throw new RangeError("Expected the craniocaudal and the oblique view of one breast, got two others");
  if (places.some(({ trusted }) => !trusted)) return undefined;
  const side = (mm: number, up: string, down: string) => (Math.abs(mm) <= centralMm ? "central" : mm > 0 ? up : down);
  const words = [...(oblique ? [side(oblique.above, "upper", "lower")] : []), ...(above ? [side(above.above, "outer", "inner")] : [])];
  const named = words.filter((word) => word !== "central");
  const mean = (of: (place: PlaceInBreast) => number) => places.reduce((sum, place) => sum + of(place) / places.length, 0);
  const share = mean(({ depth, pnlLength }) => depth / pnlLength);
  return {
    third: share < 1 / 3 ? "anterior" : share < 2 / 3 ? "middle" : "posterior",
    region: named.length > 0 ? named.join(" ") : "central",
    mmFromNipple: Math.round(mean(({ fromNipple }) => fromNipple)),
  };
}
