import { jpegDct } from "../../dicom/codecs/jpegDct.ts";
import { readJpegFrame } from "../../dicom/codecs/jpegFrame.ts";
import { jpegSegments, startOfScan } from "../../dicom/codecs/jpegSegments.ts";
import { DicomError } from "../../dicom/dicomError.ts";
import type { Limits } from "../../dicom/limits.ts";
import type { ImagePixel } from "../../dicom/parse/imagePixel.ts";
import { refuseTurned } from "./exifOrientation.ts";
import { checkRasterSize, type Raster } from "./raster.ts";

/** Gray or YCbCr JPEG of 8 or 12 bits; of colors the brightness is taken. Images with another EXIF orientation than the first are refused. */
export function readJpeg(bytes: Uint8Array, limits: Partial<Pick<Limits, "framePixels">> = {}): Raster {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8)
    throw new DicomError("not-an-image", "Expected a JPEG file to begin with its SOI marker", { offset: 0 });
  const { rows, columns, components, precision } = readJpegFrame(bytes);
  checkRasterSize({ rows, columns }, limits);
  for (const { marker, content } of jpegSegments(bytes)) {
    if (marker === startOfScan) break;
    // APP1 that opens with "Exif" and two zeros.
    if (marker === 0xe1 && [0x45, 0x78, 0x69, 0x66, 0, 0].every((byte, at) => content[at] === byte)) refuseTurned(content.subarray(6));
  }
  if (components !== 1 && components !== 3) throw new DicomError("not-an-image", "Expected a gray or color JPEG");
  const bitsAllocated = precision > 8 ? 16 : 8;
  const pixel: ImagePixel = {
    rows,
    columns,
    frames: 1,
    samplesPerPixel: components,
    photometricInterpretation: components === 1 ? "MONOCHROME2" : "YBR_FULL",
    planarConfiguration: 0,
    bitsAllocated,
    bitsStored: precision,
    highBit: precision - 1,
    isSigned: false,
  };
  const decoded = jpegDct.decode(bytes, pixel, "") as Uint8Array | Uint16Array;
  const maxValue = 2 ** precision - 1;
  if (components === 1) return { storedValues: decoded, rows, columns, maxValue };
  const storedValues = decoded.slice(0, rows * columns);
  for (let at = 0; at < storedValues.length; at++) storedValues[at] = decoded[3 * at]!;
  return { storedValues, rows, columns, maxValue };
}
