import { DicomError } from "../../dicomError.ts";
import type { Limits } from "../../limits.ts";
import { readImagePixel } from "../../parse/imagePixel.ts";
import type { DicomFile } from "../../parse/parseDicom.ts";
import { tags } from "../../tags.ts";
import { cleanCells } from "./cleanCells.ts";
import { type CleanPixels, cleanFragments } from "./cleanFragments.ts";

/** Bits of a value of the pixels that are no whole numbers (PS3.3 C.7.6.24, C.7.6.25). */
const floating: ReadonlyMap<number, number> = new Map([
  [tags.FloatPixelData, 32],
  [tags.DoubleFloatPixelData, 64],
]);

/**
 * The value of a file's Pixel Data (7FE0,0010), (7FE0,0008) or (7FE0,0009), by structure: only bytes that make the picture stay, where they stood.
 *
 * Where the structure is not known the value is as it was, and not verified.
 */
export async function cleanPixels(file: DicomFile, tag: number, limits: Limits): Promise<CleanPixels> {
  const { dataSet } = file;
  const { offset, length, fragments } = dataSet.elements.get(tag)!;
  const bytesOf = (one: { readonly offset: number; readonly length: number }): Uint8Array =>
    dataSet.bytes.subarray(one.offset, one.offset + one.length);
  const raw = fragments ? { fragments: fragments.map(bytesOf) } : bytesOf({ offset, length });
  try {
    const pixel = readImagePixel(dataSet, limits);
    if (fragments) return await cleanFragments(file, pixel, fragments.map(bytesOf));
    const bits = floating.get(tag);
    const shape = bits === undefined ? pixel : { ...pixel, bitsAllocated: bits as 32, bitsStored: bits };
    const cells = cleanCells(bytesOf({ offset, length }), shape, dataSet.littleEndian);
    return { value: cells ?? raw, isVerified: cells !== undefined };
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    return { value: raw, isVerified: false };
  }
}
