import type { Affine2d, Grid, MappedToSource, Point } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { type Elastic, elasticField } from "../augment/elastic.ts";

/** An image as 16-bit stored values, 65535 = 1, row-major: it is read without a copy. */
export interface StoredGrid {
  readonly pixels: Uint16Array;
  readonly rows: number;
  readonly columns: number;
}

/** Where a crop lies in its image, and how it is turned. */
export interface CropOptions {
  /** Of the crop, in pixels of the image, continuous. */
  readonly center: Point;
  /** Pixels of the crop. */
  readonly rows: number;
  readonly columns: number;
  /** Radians; default 0. */
  readonly angle?: number;
  /**
   * Pixels of the crop for one of the image; default 1. For a crop of another spacing: the image's `mmPerPixel` over the crop's. Far below 1 fine
   * structures alias, since nothing is averaged.
   */
  readonly scale?: number;
  /** Of columns along rows; default 0. */
  readonly shear?: number;
  /** Upside down; default false. */
  readonly flipRows?: boolean;
  /** Mirrored; default false. */
  readonly flipColumns?: boolean;
  /** Bends the crop; default not. */
  readonly elastic?: Elastic;
}

export const cropOptionNames = {
  center: true,
  rows: true,
  columns: true,
  angle: true,
  scale: true,
  shear: true,
  flipRows: true,
  flipColumns: true,
  elastic: true,
} satisfies Record<keyof CropOptions, true>;

/** A crop, and the way back to the image. */
export type Crop = Grid & MappedToSource;

/**
 * An affine crop: bilinear between the centers of four pixels; 0 where one of the four lies outside the image. Pure: no tensor, no randomness.
 *
 * A pixel of the crop at (r, c) from its center reads the image at center + flips · rotation · shear · (r, c) / scale; `toSource` of the result is this map.
 * Bent, it reads where (r, c) moved by its displacement would; `toSource` leaves the displacements out. Pass `into` to write into a batch's own memory.
 *
 * @throws RangeError where rows and columns are not whole numbers of at least 1, `into` is not of rows x columns numbers, the center, angle or shear is not finite, the scale
 * not finite and above 0, or an elastic amplitude not below a quarter of its spacing.
 * @example
 * const patch = crop(image, { center: boxCenter(box), rows: 224, columns: 224, angle: Math.PI / 12, flipColumns: true });
 * const fine = crop(image, { center: boxCenter(box), rows: 128, columns: 128, scale: image.mmPerPixel / 0.1 }); // 0.1 mm a pixel
 */
export function crop(image: Grid | StoredGrid, options: CropOptions, into?: Float32Array): Crop {
  requireKnownKeys("crop", options, cropOptionNames);
  const { rows, columns } = options;
  const toSource = cropToSource(options);
  const pixels = into ?? new Float32Array(rows * columns);
  if (pixels.length !== rows * columns) throw new RangeError(`Expected room for ${rows}x${columns} pixels, got ${pixels.length}.`);
  resample(image, options, pixels);
  return { pixels, rows, columns, toSource };
}

/** A number that is none would leave NaN in the crop, or lose its boxes. */
function requirePlace({ center, rows, columns, angle = 0, scale = 1, shear = 0 }: CropOptions): void {
  if (!(Number.isInteger(rows) && rows >= 1 && Number.isInteger(columns) && columns >= 1))
    throw new RangeError(`Expected a crop of at least 1x1 whole pixels, got ${rows}x${columns}.`);
  if (!center.every(Number.isFinite)) throw new RangeError(`Expected a finite center, got (${center.join(", ")}).`);
  for (const [name, value] of Object.entries({ angle, shear }))
    if (!Number.isFinite(value)) throw new RangeError(`Expected ${name} to be finite, got ${value}.`);
  if (!(scale > 0 && scale < Infinity)) throw new RangeError(`Expected a finite scale above 0, got ${scale}.`);
}

/** How a point of the crop leads to the image, displacements left out. */
export function cropToSource(options: CropOptions): Affine2d {
  requirePlace(options);
  const { center, rows, columns } = options;
  const { rowByRow: a, rowByColumn: b, columnByRow: d, columnByColumn: e } = turnOf(options);
  return [a, b, center[0] - (a * rows) / 2 - (b * columns) / 2, d, e, center[1] - (d * rows) / 2 - (e * columns) / 2];
}

/** How far a step along the crop's rows and columns leads in the image. */
interface Turn {
  readonly rowByRow: number;
  readonly rowByColumn: number;
  readonly columnByRow: number;
  readonly columnByColumn: number;
}

function turnOf({ angle = 0, scale = 1, shear = 0, flipRows = false, flipColumns = false }: CropOptions): Turn {
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  const [down, right] = [flipRows ? -1 : 1, flipColumns ? -1 : 1];
  return {
    rowByRow: down * cos,
    rowByColumn: right * (shear * cos - sin),
    columnByRow: down * sin,
    columnByColumn: right * (shear * sin + cos),
  };
}

function resample({ pixels, rows, columns }: Grid | StoredGrid, options: CropOptions, into: Float32Array): void {
  const { center, elastic } = options;
  const { rowByRow, rowByColumn, columnByRow, columnByColumn } = turnOf(options);
  const [halfRows, halfColumns] = [options.rows / 2, options.columns / 2];
  const one = pixels instanceof Uint16Array ? 65535 : 1;
  const field = elastic && elasticField(elastic, options);
  for (let i = 0, at = 0; i < options.rows; i++) {
    const line = field?.(i + 0.5);
    for (let j = 0; j < options.columns; j++, at++) {
      const down = i + 0.5 - halfRows + (line ? line.down(j + 0.5) : 0);
      const right = j + 0.5 - halfColumns + (line ? line.right(j + 0.5) : 0);
      const row = center[0] - 0.5 + rowByRow * down + rowByColumn * right;
      const column = center[1] - 0.5 + columnByRow * down + columnByColumn * right;
      const r = Math.floor(row);
      const c = Math.floor(column);
      if (r < 0 || c < 0 || r + 1 >= rows || c + 1 >= columns) {
        into[at] = 0;
        continue;
      }
      const base = r * columns + c;
      const fr = row - r;
      const fc = column - c;
      const top = pixels[base]! + fc * (pixels[base + 1]! - pixels[base]!);
      const bottom = pixels[base + columns]! + fc * (pixels[base + columns + 1]! - pixels[base + columns]!);
      into[at] = (top + fr * (bottom - top)) / one;
    }
  }
}
