import { concat } from "../../dicom/concat.ts";
import { DicomError } from "../../dicom/dicomError.ts";
import { inflate } from "../../dicom/inflate.ts";
import type { Limits } from "../../dicom/limits.ts";
import { refuseTurned } from "./exifOrientation.ts";
import { unfilterPng } from "./pngFilters.ts";
import { checkRasterSize, type Raster } from "./raster.ts";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
// Color types with 8 or 16 bits a sample: gray, RGB, gray with alpha, RGB with alpha.
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
// [first row, first column, rows apart, columns apart]: a whole image, or the seven passes of Adam7.
const whole = [[0, 0, 1, 1]] as const;
const adam7 = [
  [0, 0, 8, 8],
  [0, 4, 8, 8],
  [4, 0, 8, 4],
  [0, 2, 4, 4],
  [2, 0, 4, 2],
  [0, 1, 2, 2],
  [1, 0, 2, 1],
] as const;

/** The largest gray picture of 16 bits has 96 MB; more is color or transparency that is not read. */
const sizeLimit = 2 ** 27;
/** Of any kind; encoders write one for each 8 KiB, at the least. */
const chunksLimit = 2 ** 16;

/**
 * Gray or color PNG of 8 or 16 bits; of colors the first channel is taken, since mammograms saved in color have three equal ones. Images with another EXIF orientation than the first are refused.
 *
 * Own code, because a declared size must bound what is inflated. Source: PNG specification, third edition (re-implementation); checksums are not read.
 * @throws DicomError `not-an-image`, `truncated`, `limit-exceeded`, `invalid-structure`.
 */
export async function readPng(bytes: Uint8Array, limits: Partial<Pick<Limits, "framePixels">> = {}): Promise<Raster> {
  if (signature.some((byte, index) => bytes[index] !== byte) || bytes.length < 33)
    throw new DicomError("not-an-image", "Expected a PNG file to begin with its signature", { offset: 0 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [columns, rows, depth, channels] = [view.getUint32(16), view.getUint32(20), bytes[24]!, channelsOf[bytes[25]!]];
  checkRasterSize({ rows, columns }, limits);
  if ((depth !== 8 && depth !== 16) || channels === undefined)
    throw new DicomError("not-an-image", "Expected a PNG of 8 or 16 bits without a palette", { offset: 24 });
  const [compression, filter, interlace] = bytes.subarray(26, 29);
  if (compression !== 0 || filter !== 0 || interlace! > 1) throw new DicomError("not-an-image", "Expected a PNG as specified", { offset: 26 });

  const pixelBytes = (channels * depth) / 8;
  const passes = (interlace === 1 ? adam7 : whole).map(([top, left, down, across]) => {
    const [passRows, passColumns] = [Math.ceil((rows - top) / down), Math.ceil((columns - left) / across)];
    return { top, left, down, across, rows: passColumns > 0 ? Math.max(passRows, 0) : 0, columns: passColumns, rowBytes: passColumns * pixelBytes };
  });
  const size = passes.reduce((sum, pass) => sum + pass.rows * (pass.rowBytes + 1), 0);
  if (size > sizeLimit) throw new DicomError("limit-exceeded", `Expected a PNG of at most ${sizeLimit} bytes once inflated`, { offset: 16 });
  const compressed = imageData(bytes, view);
  // Deflate makes at most 1032 bytes out of one: no need to begin where that cannot be enough.
  const raw = 1032 * compressed.length < size ? compressed.subarray(0, 0) : await inflate(compressed, { maxBytes: size, format: "deflate" });
  if (raw.length < size) throw new DicomError("truncated", "A PNG file ends before its last pixel", { offset: bytes.length });

  const storedValues = depth === 16 ? new Uint16Array(rows * columns) : new Uint8Array(rows * columns);
  let at = 0;
  for (const pass of passes) {
    unfilterPng(raw, { at, rows: pass.rows, rowBytes: pass.rowBytes, pixelBytes });
    for (let row = 0; row < pass.rows; row++) {
      at++; // The filter's byte.
      let to = (pass.top + row * pass.down) * columns + pass.left;
      for (const end = at + pass.rowBytes; at < end; at += pixelBytes, to += pass.across)
        storedValues[to] = depth === 16 ? raw[at]! * 256 + raw[at + 1]! : raw[at]!;
    }
  }
  return { storedValues, rows, columns, maxValue: depth === 16 ? 65535 : 255 };
}

/** The contents of all IDAT chunks, one after the other. */
function imageData(bytes: Uint8Array, view: DataView): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 8, chunks = 0; at + 8 <= bytes.length; ) {
    if (++chunks > chunksLimit) throw new DicomError("limit-exceeded", `Expected a PNG of at most ${chunksLimit} chunks`, { offset: at });
    const [length, type] = [view.getUint32(at), view.getUint32(at + 4)];
    if (type === 0x49454e44) break; // IEND
    const part = bytes.subarray(at + 8, at + 8 + length);
    if (part.length < length) throw new DicomError("truncated", "A PNG chunk is longer than what is left of the file", { offset: at });
    if (type === 0x49444154) parts.push(part);
    if (type === 0x65584966) refuseTurned(part); // eXIf
    at += 12 + length;
  }
  return concat(parts);
}
