import { DicomError } from "../../dicom/dicomError.ts";
import type { Limits } from "../../dicom/limits.ts";
import { checkRasterSize, type Raster } from "./raster.ts";

/** Binary PGM (P5), 8 or 16 bits, 16-bit values most significant byte first (netpbm's pgm(5)). Samples above the greatest value, which files of the other byte order have, are refused. */
export function readPgm(bytes: Uint8Array, limits: Partial<Pick<Limits, "framePixels">> = {}): Raster {
  const fields: number[] = [];
  let at = 2;
  if (bytes[0] !== 0x50 || bytes[1] !== 0x35) throw new DicomError("not-an-image", "Expected a PGM file to begin with P5", { offset: 0 });
  while (fields.length < 3) {
    while (at < bytes.length && bytes[at]! <= 32) at++;
    if (bytes[at] === 0x23) {
      while (at < bytes.length && bytes[at] !== 10) at++;
      continue;
    }
    const start = at;
    let value = 0;
    while (at - start < 9 && bytes[at]! >= 48 && bytes[at]! <= 57) value = value * 10 + bytes[at++]! - 48;
    if (at === start) throw new DicomError("not-an-image", "Expected width, height and greatest value of a PGM file", { offset: at });
    fields.push(value);
  }
  at++; // One white space ends the header.
  const [columns, rows, maxValue] = fields as [number, number, number];
  if (maxValue < 1 || maxValue > 65535) throw new DicomError("not-an-image", "Expected a greatest value from 1 to 65535");
  checkRasterSize({ rows, columns }, limits);
  const wide = maxValue > 255;
  if (bytes.length - at < rows * columns * (wide ? 2 : 1))
    throw new DicomError("truncated", "A PGM file ends before its last pixel", { offset: bytes.length });
  const storedValues = wide ? new Uint16Array(rows * columns) : bytes.slice(at, at + rows * columns);
  if (wide) for (let index = 0; index < storedValues.length; index++) storedValues[index] = bytes[at + 2 * index]! * 256 + bytes[at + 2 * index + 1]!;
  if (storedValues.some((value) => value > maxValue))
    throw new DicomError("not-an-image", "Expected samples up to the greatest value of a PGM file, of 16 bits the most significant byte first", {
      offset: at,
    });
  return { storedValues, rows, columns, maxValue };
}
