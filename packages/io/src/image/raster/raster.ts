import { DicomError } from "../../dicom/dicomError.ts";
import { type Limits, limitsOf } from "../../dicom/limits.ts";

/** A gray image without physical meaning: 8 or 16 bits, row-major. */
export interface Raster {
  readonly storedValues: Uint8Array | Uint16Array;
  readonly rows: number;
  readonly columns: number;
  readonly maxValue: number;
}

/** Refuses an image by its declared size, before memory is asked for. */
export function checkRasterSize(size: { readonly rows: number; readonly columns: number }, limits: Partial<Pick<Limits, "framePixels">> = {}): void {
  if (!(size.rows > 0 && size.columns > 0)) throw new DicomError("not-an-image", "Expected positive width and height");
  const { framePixels } = limitsOf(limits);
  if (size.rows * size.columns > framePixels) throw new DicomError("limit-exceeded", `Expected at most ${framePixels} pixels`);
}
