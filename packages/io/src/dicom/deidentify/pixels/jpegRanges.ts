import type { ImagePixel } from "../../parse/imagePixel.ts";
import type { FrameStructure, Range } from "./frameStructure.ts";

const [startOfImage, endOfImage, startOfScan, restartInterval] = [0xd8, 0xd9, 0xda, 0xdd];
/** Tables, whose content decodes the picture: DHT, DAC, DQT, DNL, DHP, EXP and JPEG-LS's presets. */
const tables = new Set([0xc4, 0xcc, 0xdb, 0xdc, 0xde, 0xdf, 0xf8]);

/**
 * The bytes of a JPEG or JPEG-LS stream that a decoder reads: headers at the length that their own fields call for, tables, and data up to the end of image.
 *
 * Comments, application segments but for Adobe's color transform, what stands between segments and behind the end are none.
 * Source: ITU-T T.81 annex B, T.87 annex C (re-implementation). Undefined for a stream without frame header or end.
 */
export function jpegRanges(encoded: Uint8Array, pixel: ImagePixel): FrameStructure | undefined {
  const ranges: Range[] = [[0, 2]];
  let [at, isWider, hasFrame] = [2, false, false];
  while (at + 1 < encoded.length) {
    const marker = encoded[at + 1]!;
    if (encoded[at] !== 0xff || marker < 0xc0 || marker === 0xff) {
      at++; // A fill byte, or bytes that belong to no segment.
      continue;
    }
    if (marker === endOfImage) return hasFrame ? { ranges: [...ranges, [at, at + 2]], isWider } : undefined;
    if (marker >= 0xd0 && marker <= startOfImage) {
      ranges.push([at, at + 2]);
      at += 2;
      continue;
    }
    const end = at + 2 + Math.max(256 * (encoded[at + 2] ?? 0) + (encoded[at + 3] ?? 0), 2);
    if (end > encoded.length) return undefined;
    ranges.push([at, Math.min(at + 4 + contentLength(marker, encoded, at + 4), end)]);
    if (isFrameHeader(marker)) [hasFrame, isWider] = [true, isWider || encoded[at + 4]! > pixel.bitsStored];
    at = marker === startOfScan ? endOfScan(encoded, end) : end;
    if (marker === startOfScan) ranges.push([end, at]);
  }
  return undefined;
}

const isFrameHeader = (marker: number): boolean => (marker >= 0xc0 && marker <= 0xcf && !tables.has(marker) && marker !== 0xc8) || marker === 0xf7;

/** How much of a segment's content is read by a decoder. */
function contentLength(marker: number, encoded: Uint8Array, at: number): number {
  if (tables.has(marker)) return Number.POSITIVE_INFINITY;
  if (isFrameHeader(marker)) return 6 + 3 * encoded[at + 5]!;
  if (marker === startOfScan) return 4 + 2 * encoded[at]!;
  if (marker === restartInterval) return 2;
  const isAdobe = marker === 0xee && String.fromCharCode(...encoded.subarray(at, at + 5)) === "Adobe";
  return isAdobe ? 12 : 0;
}

function endOfScan(encoded: Uint8Array, start: number): number {
  for (let at = encoded.indexOf(0xff, start); at >= 0; at = encoded.indexOf(0xff, at + 1)) {
    const next = encoded[at + 1] ?? 0;
    if (next >= 0xc0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return encoded.length;
}
