import { type Box, boxCenter, requireExtent } from "@mammo/mammogram";

/** What `lesionGeometry` says, in its order. */
export const lesionGeometryNames = ["logHeight", "logWidth", "row", "column", "craniocaudal", "oblique", "detectorLogit", "hasDetector"] as const;

/** Where a lesion was found, and by whom. */
export interface LesionPlace {
  /** Pixels of the view. */
  readonly box: Box;
  /** Of the view. */
  readonly rows: number;
  readonly columns: number;
  readonly mmPerPixel: number;
  /** Code of the view, such as "CC" or "MLO"; others count as neither. */
  readonly view?: string | undefined;
  /** Of the detector that proposed the box, in (0, 1); without one the box is someone's own. */
  readonly score?: number | undefined;
}

/**
 * The numbers that a CaracNet gets beside the pixels: ln of height and width in cm, the center's place as shares of the view, flags of CC and MLO, the
 * detector's logit (within ±6; 0 without a detector) and whether there was one. Ours.
 *
 * @throws RangeError for a box without extent, a spacing that is not finite and above 0, or a score outside [0, 1].
 */
export function lesionGeometry({ box, rows, columns, mmPerPixel, view, score }: LesionPlace): number[] {
  const { top, left, bottom, right } = requireExtent(box, "the lesion");
  if (!(mmPerPixel > 0 && mmPerPixel < Infinity)) throw new RangeError(`Expected a finite mmPerPixel above 0, got ${mmPerPixel}.`);
  if (score !== undefined && !(score >= 0 && score <= 1)) throw new RangeError(`Expected a score in [0, 1], got ${score}.`);
  const [row, column] = boxCenter(box);
  const cm = mmPerPixel / 10;
  const logit = score === undefined ? 0 : Math.min(Math.max(Math.log(score / (1 - score)), -6), 6);
  const flag = (is: boolean) => (is ? 1 : 0);
  return [
    ...[Math.log((bottom - top) * cm), Math.log((right - left) * cm), row / rows, column / columns],
    ...[flag(view?.startsWith("CC") ?? false), flag(view?.startsWith("MLO") ?? false), logit, flag(score !== undefined)],
  ];
}
