import { DicomError } from "../../dicom/dicomError.ts";
import { readTiffDirectory } from "./tiffDirectory.ts";

/**
 * Refuses an image whose EXIF block, a TIFF directory, says that it is to be shown turned or mirrored: what people marked on it may be meant either way.
 *
 * A block that cannot be read says nothing.
 * @throws DicomError `not-an-image`.
 */
export function refuseTurned(exif: Uint8Array): void {
  let orientation: number | undefined;
  try {
    orientation = readTiffDirectory(exif).numbers(274, 1)[0];
  } catch {
    return;
  }
  if (orientation !== undefined && orientation >= 2 && orientation <= 8)
    throw new DicomError(
      "not-an-image",
      "Expected an image that is stored as it is shown, got one with another EXIF orientation: turn its pixels first",
    );
}
