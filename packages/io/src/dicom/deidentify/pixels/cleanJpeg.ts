import { type PixelArray, pixelArray } from "../../codecs/codec.ts";
import { decodeJpegDct, readJpegDct } from "../../codecs/jpegDct.ts";
import { readJpegFrame } from "../../codecs/jpegFrame.ts";
import { decodeJpegLossless } from "../../codecs/jpegLossless.ts";
import { decodeJpegLs } from "../../codecs/jpegLs.ts";
import type { OnRead } from "../../codecs/onRead.ts";
import { DicomError } from "../../dicomError.ts";
import type { ImagePixel } from "../../parse/imagePixel.ts";
import type { CleanFrame } from "./cleanFrame.ts";
import { type JpegMarker, jpegMarkers } from "./jpegMarkers.ts";
import { withoutStrayBits } from "./strayBits.ts";

const [huffmanTables, quantizationTables, adobe, comment] = [0xc4, 0xdb, 0xee, 0xfe];
/** Values of a cosine transform are cut to its precision: they need no look where the data set tells of as many bits. */
function readDct(encoded: Uint8Array, pixel: ImagePixel, onRead: OnRead): PixelArray {
  if (readJpegFrame(encoded).precision > pixel.bitsStored) return decodeJpegDct(encoded, pixel, onRead);
  readJpegDct(encoded, pixel, onRead);
  return pixelArray(pixel, 0);
}

/** SOF0 to SOF2, SOF3, SOF55: whose decoders say which bytes they read. */
const decoders: ReadonlyMap<number, (encoded: Uint8Array, pixel: ImagePixel, onRead: OnRead) => PixelArray> = new Map([
  ...([0xc0, 0xc1, 0xc2] as const).map((process) => [process, readDct] as const),
  [0xc3, decodeJpegLossless],
  [0xf7, decodeJpegLs],
]);

/**
 * A JPEG or JPEG-LS stream of those bytes alone that its decoder reads; what is left of it are empty comments and fill bytes (ITU-T T.81 B.1.1.2), so that all stays where it was.
 *
 * Of a stream that does not decode here (arithmetic, hierarchical, broken) headers, tables and data stay whole, and it is not verified. Undefined without an end of image.
 */
export function cleanJpeg(encoded: Uint8Array, pixel: ImagePixel): CleanFrame | undefined {
  const markers = jpegMarkers(encoded);
  if (markers === undefined) return undefined;
  const [cleaned, parts] = [new Uint8Array(encoded.length).fill(0xff), new Map<number, number>()];
  const cells = decoded(encoded, pixel, {
    part: (from, to) => parts.set(from, to),
    data: (from, to) => cleaned.set(encoded.subarray(from, to), from),
  });
  let at = 2;
  for (const one of markers.segments) {
    blank(cleaned, at, one.start);
    const kept = [...partsOf(one, encoded, cells ? parts : undefined)];
    if (kept.length === 0) blank(cleaned, one.start, one.end);
    else writeSegment(cleaned, encoded, { ...one, kept });
    // A scan's data up to the next marker are the decoder's.
    at = one.next;
    if (!cells) cleaned.set(encoded.subarray(one.end, one.next), one.end);
  }
  blank(cleaned, at, markers.end - 2);
  cleaned.set(encoded.subarray(0, 2));
  cleaned.set(encoded.subarray(markers.end - 2, markers.end), markers.end - 2);
  cleaned.fill(0, markers.end);
  return { cleaned, isVerified: cells !== undefined && isNarrow(cells, pixel) && hasPlainTables(encoded, markers.segments, parts), isWider: false };
}

function decoded(encoded: Uint8Array, pixel: ImagePixel, onRead: OnRead): PixelArray | undefined {
  try {
    return decoders.get(readJpegFrame(encoded).process)?.(encoded, pixel, onRead);
  } catch (error) {
    if (error instanceof DicomError) return undefined;
    throw error;
  }
}

/** No value has bits that the data set does not tell of. */
function isNarrow(cells: PixelArray, pixel: ImagePixel): boolean {
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
  return withoutStrayBits(bytes, pixel, true) === bytes;
}

/** Each symbol of the Huffman tables that were used stands once (T.81 B.2.4.2), and those of differences are categories: no text reads so. */
function hasPlainTables(encoded: Uint8Array, segments: readonly JpegMarker[], parts: ReadonlyMap<number, number>): boolean {
  const tables = segments.filter(({ marker }) => marker === huffmanTables).flatMap((one) => [...partsOf(one, encoded, parts)]);
  return tables.every(([from, to]) => {
    const symbols = encoded.subarray(from + 17, to);
    return new Set(symbols).size === symbols.length && (encoded[from]! >> 4 > 0 || symbols.every((symbol) => symbol <= 16));
  });
}

/** What stays of a segment's content: what the decoder read; all of it where there was none and the marker is a decoder's. */
function* partsOf({ marker, start, end }: JpegMarker, encoded: Uint8Array, parts: ReadonlyMap<number, number> | undefined) {
  const isApplication = (marker >= 0xe0 && marker <= 0xef) || marker === comment || (marker >= 0xf0 && marker !== 0xf7 && marker !== 0xf8);
  if (marker === adobe && isAdobe(encoded, start + 4, end)) yield [start + 4, start + 16] as const;
  else if (parts === undefined) {
    if (!isApplication) yield [start + 4, end] as const;
  } else if (marker === huffmanTables || marker === quantizationTables) {
    for (let at = start + 4; at < end; ) {
      const to = parts.get(at);
      if (to !== undefined) yield [at, to] as const;
      at = to ?? at + 1;
    }
  } else if (parts.has(start + 4)) yield [start + 4, Math.min(parts.get(start + 4)!, end)] as const;
}

/** The color transform of a picture: other programs' decoders go by it. */
const isAdobe = (encoded: Uint8Array, at: number, end: number): boolean =>
  end - at >= 12 && String.fromCharCode(...encoded.subarray(at, at + 5)) === "Adobe" && encoded[at + 11]! <= 2;

/** A segment of what stays of its content; tables close up, and what is behind them is blank. */
function writeSegment(
  cleaned: Uint8Array,
  encoded: Uint8Array,
  { marker, start, end, kept }: JpegMarker & { readonly kept: readonly (readonly [number, number])[] },
): void {
  cleaned.set(encoded.subarray(start, start + 4), start);
  cleaned.fill(0, start + 4, end);
  let at = start + 4;
  for (const [from, to] of kept) {
    cleaned.set(encoded.subarray(from, to), at);
    at += to - from;
  }
  // Adobe's version and flags.
  if (marker === adobe) cleaned.fill(0, start + 9, start + 15);
  if (at === end || (marker !== huffmanTables && marker !== quantizationTables)) return;
  cleaned.set([(at - start - 2) >> 8, (at - start - 2) & 255], start + 2);
  blank(cleaned, at, end);
}

/** Empty comments, or fill bytes where none has room. */
function blank(cleaned: Uint8Array, from: number, to: number): void {
  cleaned.fill(0xff, from, to);
  for (let at = from; at + 4 <= to; ) {
    const length = Math.min(to - at - 2, 0xffff);
    cleaned.fill(0, at, at + 2 + length);
    cleaned.set([0xff, comment, length >> 8, length & 255], at);
    at += 2 + length;
  }
}
