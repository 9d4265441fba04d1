import { applyAffine, type Box, invertAffine, mapBox, minMax, type Point, requireExtent, requireKnownKeys } from "@mammo/mammogram";
import { type CropOptions, cropOptionNames, cropToSource } from "../run/crop.ts";
import { elasticField, undisplace } from "./elastic.ts";

/** Points along each side of a box that is bent. */
const perSide = 9;

/**
 * A box of the image in a crop of it: around the four corners where they come to lie, where the crop is bent around the whole outline; cut off at the crop's sides. Undefined where less
 * than the share `visible` of it lies in the crop. Of a turned box it is the box around: somewhat larger. Ours.
 *
 * @throws RangeError for a box without extent, a share outside (0, 1], or options that `crop` refuses.
 * @example
 * const place = { center: [600, 300], rows: 512, columns: 512, angle: 0.2, flipRows: true } as const;
 * const boxes = view.lesions.flatMap(({ box }) => boxInCrop(box, place) ?? []);
 */
export function boxInCrop(box: Box, place: CropOptions, options: { /** In (0, 1]; default 0.5. */ readonly visible?: number } = {}): Box | undefined {
  requireKnownKeys("boxInCrop", place, cropOptionNames);
  requireKnownKeys("boxInCrop", options, { visible: true });
  const { visible = 0.5 } = options;
  requireExtent(box, "the box");
  if (!(visible > 0 && visible <= 1)) throw new RangeError(`Expected a visible share in (0, 1], got ${visible}.`);
  const { rows, columns } = place;
  const carried = carry(box, place);
  const { top, left, bottom, right } = carried;
  const cut = { top: Math.max(0, top), left: Math.max(0, left), bottom: Math.min(rows, bottom), right: Math.min(columns, right) };
  if (cut.bottom <= cut.top || cut.right <= cut.left) return undefined;
  return area(cut) >= visible * area(carried) ? cut : undefined;
}

function carry(box: Box, options: CropOptions): Box {
  const fromSource = invertAffine(cropToSource(options));
  if (!options.elastic) return mapBox(fromSource, box);
  const field = elasticField(options.elastic, options);
  const points = outline(box).map((point) => undisplace(field, applyAffine(fromSource, point)));
  const [top, bottom] = minMax(points.map(([row]) => row));
  const [left, right] = minMax(points.map(([, column]) => column));
  return { top, left, bottom, right };
}

function outline({ top, left, bottom, right }: Box): Point[] {
  return Array.from({ length: perSide }, (_, index) => index / (perSide - 1)).flatMap((share): Point[] => {
    const [row, column] = [top + share * (bottom - top), left + share * (right - left)];
    return [
      [top, column],
      [bottom, column],
      [row, left],
      [row, right],
    ];
  });
}

const area = ({ top, left, bottom, right }: Box): number => (bottom - top) * (right - left);
