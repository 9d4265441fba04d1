import { type Box, boxCenter, type Laterality, type Point, requireExtent, type ViewPosition } from "@mammo/mammogram";

/** Where the landmarks of a standard image (chest wall at column 0) are, and how far they are trusted. */
export interface Landmarks {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly mmPerPixel: number;
  readonly nipple: Point;
  /** In [0, 1]. */
  readonly nippleConfidence: number;
  /** In views from the side: the front of the pectoral muscle as a line. Without it, or with little confidence, the chest wall is column 0. */
  readonly pectoral?: { readonly line: readonly [top: Point, wall: Point]; readonly confidence: number };
}

/** A place in the breast, measured from the nipple and along the posterior nipple line. All lengths in mm. */
export interface PlaceInBreast {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly fromNipple: number;
  /** Behind the nipple, along the posterior nipple line: from the nipple square onto the muscle, or onto the chest wall. */
  readonly depth: number;
  /** Above the line (toward the top of the image) if positive. */
  readonly above: number;
  /** Of the posterior nipple line. */
  readonly pnlLength: number;
  /** Half-extents' geometric mean, doubled: the side of a square as large as the box. */
  readonly size: number;
  /** Whether the landmarks may be relied on. */
  readonly trusted: boolean;
}

/** Below this confidence a landmark is not trusted. */
const leastConfidence = 0.5;

/** Views in which a craniocaudal or an oblique posterior nipple line is what the textbooks mean. */
const standardViews: ReadonlySet<ViewPosition> = new Set(["CC", "CCID", "MLO", "MLOID"]);
const obliqueViews: ReadonlySet<ViewPosition> = new Set(["MLO", "MLOID"]);

/**
 * A box in a standard image as a place in the breast.
 *
 * `trusted` is false for a nipple of confidence below 0.5, in an oblique view without a pectoral line of confidence 0.5, in any view but CC and MLO (and
 * those with implants displaced), and for a posterior nipple line below 20 mm, where the nipple is as good as on the chest wall.
 *
 * Source: documented (ACR mammography quality manual: posterior nipple line perpendicular to the pectoral muscle in MLO, to the film's edge in CC); the limits are ours.
 *
 * @throws RangeError for a box without extent, landmarks that are not finite, mmPerPixel <= 0.
 * @example placeInBreast(box, image).depth;
 */
export function placeInBreast(box: Box, landmarks: Landmarks): PlaceInBreast {
  const { laterality, view, mmPerPixel, nipple, nippleConfidence, pectoral } = landmarks;
  requireExtent(box, "box");
  if (!(mmPerPixel > 0 && mmPerPixel < Infinity)) throw new RangeError(`Expected mmPerPixel > 0, got ${mmPerPixel}`);
  if (!nipple.every(Number.isFinite)) throw new RangeError(`Expected nipple to be two finite numbers, got ${nipple.join(", ")}`);
  const seen = pectoral !== undefined && pectoral.confidence >= leastConfidence ? pectoral.line : undefined;
  const { backward, length } = posteriorNippleLine(nipple, seen);
  const [row, column] = boxCenter(box);
  const offset = [row - nipple[0], column - nipple[1]] as const;
  const depth = offset[0] * backward[0] + offset[1] * backward[1];
  // A quarter turn of the way back: up the image where the way back is along the rows to the chest wall.
  const above = offset[0] * backward[1] - offset[1] * backward[0];
  const pnlLength = length * mmPerPixel;
  return {
    laterality,
    view,
    fromNipple: Math.hypot(...offset) * mmPerPixel,
    depth: depth * mmPerPixel,
    above: above * mmPerPixel,
    pnlLength,
    size: Math.sqrt((box.bottom - box.top) * (box.right - box.left)) * mmPerPixel,
    trusted: nippleConfidence >= leastConfidence && standardViews.has(view) && (seen !== undefined || !obliqueViews.has(view)) && pnlLength >= 20,
  };
}

/** The unit vector from the nipple square onto the line, and how far it is; pixels. */
function posteriorNippleLine(nipple: Point, line: readonly [top: Point, wall: Point] | undefined) {
  const straight = { backward: [0, -1] as const, length: nipple[1] };
  if (line === undefined) return straight;
  const [[topRow, topColumn], [wallRow, wallColumn]] = line;
  const along = Math.hypot(wallRow - topRow, wallColumn - topColumn);
  if (!(along > 0 && along < Infinity)) return straight;
  const [u, v] = [(wallRow - topRow) / along, (wallColumn - topColumn) / along];
  // Square to the line, on the side away from the nipple.
  const distance = (nipple[0] - topRow) * v - (nipple[1] - topColumn) * u;
  const toLine = Math.abs(distance);
  if (toLine === 0) return straight;
  const sign = Math.sign(distance);
  return { backward: [-sign * v, sign * u] as const, length: toLine };
}
