import type { DataSet } from "../parse/dataSet.ts";
import { decimals } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { frameDataSets } from "./functionalGroups.ts";

/** Which attribute stated the spacing; `given`: the caller. */
export type SpacingSource = "pixel-spacing" | "imager-pixel-spacing" | "nominal-scanned-pixel-spacing" | "given";

/** Physical size of a source pixel in the breast's plane. */
export interface Spacing {
  /** (row, column) distance in mm. */
  readonly mmPerPixel: readonly [row: number, column: number];
  readonly source: SpacingSource;
  /** Estimated Radiographic Magnification Factor that the detector's spacing was divided by; 1 where none applies. */
  readonly magnification: number;
}

/**
 * Pixel Spacing where the image is calibrated (it differs from the detector's, or says so), else Imager Pixel Spacing over the magnification factor (PS3.3 10.7).
 *
 * Undefined where the file states no positive spacing.
 */
export function readSpacing(dataSet: DataSet, frame = 0): Spacing | undefined {
  const pair = (from: DataSet, tag: number): readonly [number, number] | undefined => {
    const [row, column = row] = decimals(from, tag);
    return row !== undefined && column !== undefined && row > 0 && column > 0 && row < 100 && column < 100 ? [row, column] : undefined;
  };
  const [pixel] = frameDataSets(dataSet, frame, tags.PixelMeasuresSequence).flatMap((one) => {
    const found = pair(one, tags.PixelSpacing);
    return found ? [found] : [];
  });
  const imager = pair(dataSet, tags.ImagerPixelSpacing);
  const factor = decimals(dataSet, tags.EstimatedRadiographicMagnificationFactor)[0];
  const magnification = factor !== undefined && factor >= 0.5 && factor <= 10 ? factor : 1;
  const isCalibrated = pixel && (!imager || pixel[0] !== imager[0] || pixel[1] !== imager[1]);
  if (isCalibrated) return { mmPerPixel: pixel, source: "pixel-spacing", magnification: 1 };
  if (imager) return { mmPerPixel: [imager[0] / magnification, imager[1] / magnification], source: "imager-pixel-spacing", magnification };
  const scanned = pair(dataSet, tags.NominalScannedPixelSpacing);
  return scanned && { mmPerPixel: scanned, source: "nominal-scanned-pixel-spacing", magnification: 1 };
}
