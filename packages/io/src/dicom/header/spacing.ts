import { DicomError } from "../dicomError.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { decimals, isPresent, texts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { frameDataSets } from "./functionalGroups.ts";
import { type Reading, startReading } from "./reading.ts";

/** Which attribute stated the spacing; `given`: the caller. */
export type SpacingSource = "pixel-spacing" | "imager-pixel-spacing" | "nominal-scanned-pixel-spacing" | "given";

/** Physical size of a source pixel in the breast's plane. */
export interface Spacing {
  /** (row, column) distance in mm. */
  readonly mmPerPixel: readonly [row: number, column: number];
  readonly source: SpacingSource;
  /** Estimated Radiographic Magnification Factor that the detector's spacing was divided by, or the ratio of the distances from source to detector and to patient; 1 where none applies. */
  readonly magnification: number;
}

/**
 * Pixel Spacing where the image is calibrated (it differs from the detector's, or says so), else Imager Pixel Spacing over the magnification factor (PS3.3 10.7).
 *
 * Undefined where the file states no positive spacing.
 * @throws DicomError `invalid-attribute` for a magnification factor that is needed and is no number.
 */
export function readSpacing(dataSet: DataSet, frame = 0, reading: Reading = startReading()): Spacing | undefined {
  const pair = (from: DataSet, tag: number, name: string): readonly [number, number] | undefined => {
    const [row, column = row] = decimals(from, tag);
    const isSpacing = row !== undefined && column !== undefined && row > 0 && column > 0 && row < 100 && column < 100;
    if (!isSpacing && isPresent(from, tag)) reading.unreadable.add(name);
    if (isSpacing && texts(from, tag).some((part) => part.includes(","))) reading.nonstandard.add(name);
    return isSpacing ? [row, column] : undefined;
  };
  const [pixel] = frameDataSets(dataSet, frame, tags.PixelMeasuresSequence).flatMap((one) => {
    const found = pair(one, tags.PixelSpacing, "PixelSpacing");
    return found ? [found] : [];
  });
  const imager = pair(dataSet, tags.ImagerPixelSpacing, "ImagerPixelSpacing");
  const isCalibrated = pixel && (!imager || pixel[0] !== imager[0] || pixel[1] !== imager[1]);
  if (isCalibrated) return { mmPerPixel: pixel, source: "pixel-spacing", magnification: 1 };
  if (imager) {
    const magnification = readMagnification(dataSet, reading);
    return { mmPerPixel: [imager[0] / magnification, imager[1] / magnification], source: "imager-pixel-spacing", magnification };
  }
  const scanned = pair(dataSet, tags.NominalScannedPixelSpacing, "NominalScannedPixelSpacing");
  return scanned && { mmPerPixel: scanned, source: "nominal-scanned-pixel-spacing", magnification: 1 };
}

/** The factor, else the ratio of the distances that it is made of (PS3.3 C.8.7.5); a factor that no device has is noted. */
function readMagnification(dataSet: DataSet, reading: Reading): number {
  const name = "EstimatedRadiographicMagnificationFactor";
  const [factor] = decimals(dataSet, tags.EstimatedRadiographicMagnificationFactor);
  if (factor !== undefined && factor >= 0.5 && factor <= 10) {
    if (texts(dataSet, tags.EstimatedRadiographicMagnificationFactor)[0]?.includes(",")) reading.nonstandard.add(name);
    return factor;
  }
  if (factor !== undefined && Number.isNaN(factor))
    throw new DicomError("invalid-attribute", "Expected Estimated Radiographic Magnification Factor (0018,1114) to be a number", {
      offset: dataSet.elements.get(tags.EstimatedRadiographicMagnificationFactor)!.offset,
    });
  if (factor !== undefined) reading.unreadable.add(name);
  const [detector, patient] = [tags.DistanceSourceToDetector, tags.DistanceSourceToPatient].map((tag) => decimals(dataSet, tag)[0]);
  const ratio = detector !== undefined && patient !== undefined ? detector / patient : undefined;
  if (ratio !== undefined && ratio >= 1 && ratio <= 10) return ratio;
  // Zero is how devices leave a distance open; anything else is a statement that cannot be used.
  if (ratio !== undefined && detector !== 0 && patient !== 0) reading.unreadable.add("DistanceSourceToPatient");
  return 1;
}
