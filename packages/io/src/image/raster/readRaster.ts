import { DicomError } from "../../dicom/dicomError.ts";
import type { Limits } from "../../dicom/limits.ts";
import { readJpeg } from "./jpeg.ts";
import { readPgm } from "./pgm.ts";
import { readPng } from "./png.ts";
import type { Raster } from "./raster.ts";
import { readTiff } from "./tiff.ts";

const formats = [
  { first: [0x89, 0x50, 0x4e, 0x47], read: readPng },
  { first: [0xff, 0xd8], read: readJpeg },
  { first: [0x50, 0x35], read: readPgm },
  { first: [0x49, 0x49, 42, 0], read: readTiff },
  { first: [0x4d, 0x4d, 0, 42], read: readTiff },
] as const;

/**
 * An image of any kind that this package reads, told by its first bytes: PNG, JPEG, PGM or TIFF of 8 or 16 bits.
 *
 * @throws DicomError `not-an-image` for anything else; `limit-exceeded`, `truncated` and others for images that are broken.
 * @example const raster = await readRaster(await readFile("film.tif"));
 */
export async function readRaster(bytes: Uint8Array, limits: Partial<Pick<Limits, "framePixels">> = {}): Promise<Raster> {
  const format = formats.find(({ first }) => first.every((byte, at) => bytes[at] === byte));
  if (format === undefined) throw new DicomError("not-an-image", "Expected a PNG, JPEG, PGM or TIFF file", { offset: 0 });
  return format.read(bytes, limits);
}
