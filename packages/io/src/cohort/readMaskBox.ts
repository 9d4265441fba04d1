import type { Box } from "@mammo/mammogram";
import { DicomError } from "../dicom/dicomError.ts";
import { decodeFrame } from "../dicom/frames/decodeFrame.ts";
import { limitsDefaults } from "../dicom/limits.ts";
import { readImagePixel } from "../dicom/parse/imagePixel.ts";
import { parseDicom } from "../dicom/parse/parseDicom.ts";
import { readRaster } from "../image/raster/readRaster.ts";

/** A drawn region: the image's size and the least box that holds its pixels. */
export interface MaskBox {
  readonly size: readonly [rows: number, columns: number];
  readonly box: Box;
}

/**
 * A mask (an image or a DICOM file, bright inside) -> the box of what lies above half of its greatest value; undefined where it is black.
 *
 * @throws DicomError as `readRaster`, `parseDicom` and `decodeFrame`.
 */
export async function readMaskBox(bytes: Uint8Array): Promise<MaskBox | undefined> {
  const { storedValues, rows, columns } = await readRaster(bytes).catch((error: unknown) => {
    if (error instanceof DicomError && error.code === "not-an-image" && error.offset === 0) return readDicomMask(bytes);
    throw error;
  });
  let most = 0;
  for (const value of storedValues) most = Math.max(most, value);
  let [top, left, bottom, right] = [rows, columns, 0, 0];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      if (2 * storedValues[row * columns + column]! <= most) continue;
      [top, left] = [Math.min(top, row), Math.min(left, column)];
      [bottom, right] = [Math.max(bottom, row + 1), Math.max(right, column + 1)];
    }
  return bottom === 0 ? undefined : { size: [rows, columns], box: { top, left, bottom, right } };
}

async function readDicomMask(
  bytes: Uint8Array,
): Promise<{ readonly storedValues: Uint8Array | Uint16Array; readonly rows: number; readonly columns: number }> {
  const file = await parseDicom(bytes);
  const pixel = readImagePixel(file.dataSet, limitsDefaults);
  const storedValues = await decodeFrame(file, pixel, { frame: 0 });
  if (!(storedValues instanceof Uint8Array || storedValues instanceof Uint16Array) || pixel.samplesPerPixel !== 1)
    throw new DicomError("invalid-attribute", "Expected a mask of one unsigned sample a pixel, 8 or 16 bits");
  return { storedValues, rows: pixel.rows, columns: pixel.columns };
}
