import { decode } from "fast-png";
import { DicomError } from "../dicomError.ts";
import { checkRasterSize, type Raster } from "./raster.ts";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Grey or colour PNG of 8 or 16 bits; of colours the first channel is taken, since mammograms saved in colour have three equal ones. */
export function readPng(bytes: Uint8Array): Raster {
  if (signature.some((byte, index) => bytes[index] !== byte) || bytes.length < 33)
    throw new DicomError("not-an-image", "Expected a PNG file to begin with its signature", { offset: 0 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkRasterSize({ columns: view.getUint32(16), rows: view.getUint32(20) });
  try {
    const { data, width, height, channels, depth, palette } = decode(bytes);
    const cells = data as Uint8Array | Uint16Array;
    if (palette || depth < 8 || cells.length < width * height * channels)
      throw new DicomError("not-an-image", "Expected a PNG of 8 or 16 bits without a palette");
    const maxValue = depth === 16 ? 65535 : 255;
    if (channels === 1) return { cells, rows: height, columns: width, maxValue };
    return { cells: cells.slice(0, width * height).map((_, index) => cells[index * channels]!), rows: height, columns: width, maxValue };
  } catch (cause) {
    if (cause instanceof DicomError) throw cause;
    throw new DicomError("not-an-image", "Expected a whole PNG file", { cause });
  }
}
