// One image, looked at four times: what a net sees that is not the breast is taken away step by step.
import { type Binary, morph, removeLeadMarkers } from "@mammo/io";
import type { Grid } from "@mammo/mammogram";
import type { SegmentedSource } from "../standardization/segmentSource.ts";

/**
 * `whole`: the file's picture in the standard image's frame, with all that lies beside the breast. `standard`: the standard image, which a bundle is scored on.
 * `unmarked`: the same without the lead markers in the breast. `cut`: this, less 3 mm all along the breast's edge.
 */
export const variantNames = ["whole", "standard", "unmarked", "cut"] as const;

/** One of `variantNames`. */
export type VariantName = (typeof variantNames)[number];

/** The variants of one image, and what was found while they were made. */
export interface ImageVariants {
  readonly variants: Readonly<Record<VariantName, Grid>>;
  /** Lead markers, as `removeLeadMarkers` of @mammo/io tells them: in the breast, and in the file's picture beside it. */
  readonly leadMarkers: number;
  readonly leadMarkersBeside: number;
  /** Share of the file's picture beside the breast that is not dark: markers, borders of films, collimators. */
  readonly border: number;
}

/** Of the breast's edge, on all sides. */
const edgeMm = 3;

/** Background is darker than this part of the range. */
const dark = 0.02;

/** The four variants of an image that was read by `segmentSource`. */
export function variantsOf({ image, whole, mask }: SegmentedSource): ImageVariants {
  const { rows, columns, mmPerPixel } = image;
  const frame = framed({ image, whole, mask });
  const unmarked = removeLeadMarkers(image, { mmPerPixel });
  const inner = eroded({ pixels: frame.mask, rows, columns }, Math.round(edgeMm / mmPerPixel));
  const cut = unmarked.pixels.slice();
  for (let at = 0; at < cut.length; at++) if (inner[at] === 0) cut[at] = 0;
  let [beside, bright] = [0, 0];
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 1) continue;
    beside++;
    if (whole.pixels[at]! > dark) bright++;
  }
  const isBeside = ([row, column]: readonly [number, number]) => mask[Math.floor(row) * whole.columns + Math.floor(column)] === 0;
  const leadMarkersBeside = removeLeadMarkers(whole, { mmPerPixel }).markers.filter(({ top, left, bottom, right }) =>
    isBeside([(top + bottom) / 2, (left + right) / 2]),
  ).length;
  const grid = (pixels: Float32Array): Grid => ({ pixels, rows, columns });
  return {
    variants: {
      whole: grid(frame.pixels),
      standard: grid(image.pixels),
      // The very same where nothing was removed: it need not be scored again.
      unmarked: unmarked.markers.length === 0 ? grid(image.pixels) : grid(unmarked.pixels),
      cut: grid(cut),
    },
    leadMarkers: unmarked.markers.length,
    leadMarkersBeside,
    border: beside === 0 ? 0 : bright / beside,
  };
}

/** The file's picture and the breast's mask in the standard image's frame; films are as bright as `standardize` has made them. */
function framed({ image, whole, mask }: Pick<SegmentedSource, "image" | "whole" | "mask">): {
  readonly pixels: Float32Array;
  readonly mask: Uint8Array;
} {
  const { rows, columns, mmPerPixel, source, toSource } = image;
  const found = { pixels: new Float32Array(rows * columns), mask: new Uint8Array(rows * columns) };
  // Both grids have one pitch, and the frame was placed by whole pixels.
  const placeOf = (index: number, axis: 0 | 1) => {
    const [turn, origin] = axis === 0 ? [toSource[0], toSource[2]] : [toSource[4], toSource[5]];
    return Math.floor(Math.sign(turn) * (index + 0.5) + (origin * source.mmPerPixel[axis]) / mmPerPixel + 1e-6);
  };
  const columnsOf = Int32Array.from({ length: columns }, (_, column) => placeOf(column, 1));
  for (let row = 0; row < rows; row++) {
    const from = placeOf(row, 0);
    if (from < 0 || from >= whole.rows) continue;
    for (let column = 0; column < columns; column++) {
      const at = columnsOf[column]!;
      if (at < 0 || at >= whole.columns) continue;
      found.pixels[row * columns + column] = whole.pixels[from * whole.columns + at]!;
      found.mask[row * columns + column] = mask[from * whole.columns + at]!;
    }
  }
  const [slope, level] = brightnessLine(found, image);
  for (let at = 0; at < found.pixels.length; at++) {
    // Within the breast the standard image itself, so that the two differ by what lies beside it and by nothing else.
    const value = image.pixels[at]! > 0 ? image.pixels[at]! : slope * found.pixels[at]! + level;
    found.pixels[at] = Math.min(1, Math.max(0, value));
  }
  return found;
}

/** What `standardize` did to brightness, as a line: none but for films, whose range it stretches. */
function brightnessLine({ pixels }: { readonly pixels: Float32Array }, image: Grid): readonly [slope: number, level: number] {
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (let at = 0; at < pixels.length; at++) {
    const made = image.pixels[at]!;
    // Beyond these the stretch has clipped.
    if (!(made > 0.02 && made < 0.98)) continue;
    const was = pixels[at]!;
    n++;
    x += was;
    y += made;
    xx += was * was;
    xy += was * made;
  }
  const spread = n * xx - x * x;
  if (!(spread > 0)) return [1, 0];
  const slope = (n * xy - x * y) / spread;
  return [slope, (y - slope * x) / n];
}

/** A mask less so many pixels along its edge; what lies beyond the frame is outside, so the chest wall's edge is cut as well. */
function eroded(mask: Binary, radius: number): Uint8Array {
  const { pixels, rows, columns } = morph(mask, radius, "erode");
  // For `morph` what lies beyond does not count.
  for (let row = 0; row < rows; row++) {
    const isAtEdge = row < radius || row >= rows - radius;
    pixels.fill(0, row * columns, row * columns + (isAtEdge ? columns : radius));
    pixels.fill(0, (row + 1) * columns - radius, (row + 1) * columns);
  }
  return pixels;
}
