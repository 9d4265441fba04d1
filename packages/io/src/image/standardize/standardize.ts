import type { Affine2d, Box, Grid, Laterality, Point, ViewPosition } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { DicomError } from "../../dicom/dicomError.ts";
import type { SourceFlag, SourceView } from "../../dicom/sourceView.ts";
import { areaAverage } from "./areaAverage.ts";
import { countOnes } from "./binary.ts";
import { breastMask, type MaskModel } from "./breastMask.ts";
import { chestWallSide, maskBox } from "./chestWall.ts";
import { cutWhiteEdge } from "./cutWhiteEdge.ts";
import { findNipple } from "./nipple.ts";
import { findPectoral, type Pectoral } from "./pectoral.ts";
import { stretchByPercentiles } from "./percentiles.ts";

/** Changes whenever the same source would give other pixels. */
export const standardizationVersion = "mammo-standard-2";

/** What a header says of its image, and what standardization found. */
export type StandardFlag = SourceFlag | "orientation-conflict" | "breast-cropped" | "intensity-by-percentiles" | "table-conflict";

/** One view as every model sees it: float32 in [0, 1], background 0, chest wall at column 0, breast centered between top and bottom, square pixels. */
export interface StandardImage extends Grid {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly mmPerPixel: number;
  /** An estimate; see `nippleConfidence` in [0, 1]. */
  readonly nipple: Point;
  readonly nippleConfidence: number;
  /** The pectoral muscle, in views from the side (MLO, ML, LM and their like) where its border is found. An estimate; see its `confidence`. */
  readonly pectoral?: Pectoral;
  /** The box around the breast. */
  readonly breast: Box;
  /** Maps points here to points of the source frame; invertible. */
  readonly toSource: Affine2d;
  readonly source: {
    readonly rows: number;
    readonly columns: number;
    readonly mmPerPixel: readonly [row: number, column: number];
    readonly sha256?: string;
  };
  readonly flags: readonly StandardFlag[];
  readonly standardization: string;
}

/** What the standard image is like. */
export interface StandardizeOptions {
  /** Of the output; the breast keeps its size in mm and is padded with 0. */
  readonly size: readonly [rows: number, columns: number];
  readonly mmPerPixel: number;
  readonly mask: MaskModel;
}

/** 1200 x 800 pixels of 0.25 mm. */
export const standardizeDefaults: StandardizeOptions = { size: [1200, 800], mmPerPixel: 0.25, mask: breastMask };

/** The views that show the muscle in the upper corner of the chest wall. */
const viewsWithMuscle: ReadonlySet<ViewPosition> = new Set(["MLO", "MLOID", "ML", "MLID", "LM", "LMO"]);

/** Beyond this difference between the two sides of the mask pixels are trusted more than the header. */
const strongEvidence = 0.25;

/**
 * A decoded view -> the standard image: brightness, one mm per pixel by area averaging, breast mask, chest wall to the left, centered, padded, never stretched.
 *
 * @throws DicomError `no-breast` if the mask is empty or covers less than 3 cm².
 */
export function standardize(source: SourceView, options: Partial<StandardizeOptions> = {}): StandardImage {
  requireKnownKeys("standardize", options, { size: true, mmPerPixel: true, mask: true });
  const { size = standardizeDefaults.size, mmPerPixel = standardizeDefaults.mmPerPixel, mask: model = standardizeDefaults.mask } = options;
  const [rows, columns] = size;
  const scale = [mmPerPixel / source.mmPerPixel[0], mmPerPixel / source.mmPerPixel[1]] as const;
  const grid = areaAverage(source, scale);
  // Whatever table a caller brings, and however floats are rounded: brightness is in [0, 1].
  for (let at = 0; at < grid.pixels.length; at++) {
    const value = grid.pixels[at]!;
    if (!(value >= 0 && value <= 1)) grid.pixels[at] = value > 1 ? 1 : 0;
  }
  const modelled = { ...grid, pixels: model(grid, { mmPerPixel }) };
  const mask = source.isLinear ? cutWhiteEdge(modelled, grid, mmPerPixel) : modelled;
  const found = maskBox(mask);
  const area = countOnes(mask.pixels) * mmPerPixel ** 2;
  if (found === undefined || area < 300) throw new DicomError("no-breast", "Expected a breast of at least 3 square centimeters in the image");

  const seen = chestWallSide(mask, found);
  const isConflict = source.chestWall !== undefined && source.chestWall !== seen.side && seen.evidence > 0.05;
  const stated = source.chestWall ?? (source.laterality === "L" ? "left" : "right");
  const side = seen.evidence > strongEvidence ? seen.side : stated;
  const isFlipped = side === "right";
  const isTurned = source.isUpsideDown ?? false;

  // Where the output's pixel (0, 0) lies in the grid, before flips: chest wall at column 0, the breast's middle at the output's middle.
  const height = found.bottom - found.top;
  const width = found.right - found.left;
  const top = Math.floor((rows - height) / 2);
  const pixels = new Float32Array(rows * columns);
  const placed = new Uint8Array(rows * columns);
  for (let row = Math.max(0, top); row < Math.min(rows, top + height); row++) {
    const from = isTurned ? found.bottom - 1 - (row - top) : found.top + (row - top);
    for (let column = 0; column < Math.min(columns, width); column++) {
      const at = from * grid.columns + (isFlipped ? found.right - 1 - column : found.left + column);
      if (mask.pixels[at] === 0) continue;
      pixels[row * columns + column] = grid.pixels[at]!;
      placed[row * columns + column] = 1;
    }
  }
  if (source.isLinear) stretchByPercentiles(pixels, placed);

  const breast = { top: Math.max(0, top), left: 0, bottom: Math.min(rows, top + height), right: Math.min(columns, width) };
  const { point, confidence } = findNipple({ pixels: placed, rows, columns }, breast, mmPerPixel);
  const pectoral = viewsWithMuscle.has(source.view) ? findPectoral({ pixels, rows, columns, breast, mmPerPixel }) : undefined;
  const rowOrigin = isTurned ? found.bottom + top : found.top - top;
  const columnOrigin = isFlipped ? found.right : found.left;
  const flags: StandardFlag[] = [...(source.flags ?? [])];
  if (isConflict) flags.push("orientation-conflict");
  if (height > rows || width > columns) flags.push("breast-cropped");
  if (source.isLinear) flags.push("intensity-by-percentiles");
  return {
    pixels,
    rows,
    columns,
    laterality: source.laterality,
    view: source.view,
    mmPerPixel,
    nipple: point,
    nippleConfidence: confidence,
    ...(pectoral ? { pectoral } : {}),
    breast,
    toSource: [(isTurned ? -1 : 1) * scale[0], 0, rowOrigin * scale[0], 0, (isFlipped ? -1 : 1) * scale[1], columnOrigin * scale[1]],
    source: {
      rows: source.rows,
      columns: source.columns,
      mmPerPixel: source.mmPerPixel,
      ...(source.sha256 === undefined ? {} : { sha256: source.sha256 }),
    },
    flags,
    standardization: standardizationVersion,
  };
}
