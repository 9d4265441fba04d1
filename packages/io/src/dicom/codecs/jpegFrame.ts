import type { ImagePixel } from "../parse/imagePixel.ts";
import { DicomError } from "../dicomError.ts";

/** What a JPEG or JPEG-LS frame header states. */
export interface JpegFrame {
  /** The SOF marker's second byte: 0xc0 baseline, 0xc1 extended, 0xc3 lossless, 0xf7 JPEG-LS. */
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Of the segment's content, behind its length. */
  readonly offset: number;
}

/** The frame header (SOF) of a JPEG stream, found by walking the marker segments (ITU-T T.81 annex B). */
export function readJpegFrame(encoded: Uint8Array): JpegFrame {
  if (encoded[0] !== 0xff || encoded[1] !== 0xd8) throw new DicomError("corrupt-pixels", "Expected a JPEG stream to begin with its SOI marker");
  let at = 2;
  while (at + 9 < encoded.length) {
    if (encoded[at] !== 0xff) throw new DicomError("corrupt-pixels", "Expected a JPEG marker");
    const marker = encoded[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const isFrame = (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7;
    const length = encoded[at + 2]! * 256 + encoded[at + 3]!;
    if (isFrame) {
      return {
        process: marker,
        precision: encoded[at + 4]!,
        rows: encoded[at + 5]! * 256 + encoded[at + 6]!,
        columns: encoded[at + 7]! * 256 + encoded[at + 8]!,
        components: encoded[at + 9]!,
        offset: at + 4,
      };
    }
    if (marker === 0xda || length < 2) break;
    at += 2 + length;
  }
  throw new DicomError("corrupt-pixels", "Expected a JPEG frame header");
}

/** Refuses a codestream whose own size is not the one that the data set declares, before anything is decoded. */
export function checkCodestream(
  found: { readonly rows: number; readonly columns: number; readonly components: number; readonly precision: number },
  pixel: ImagePixel,
): void {
  const isSame = found.rows === pixel.rows && found.columns === pixel.columns && found.components === pixel.samplesPerPixel;
  if (!isSame) throw new DicomError("pixels-mismatch", "Expected the codestream's size and components to equal Rows, Columns and Samples per Pixel");
  if (found.precision < 1 || found.precision > pixel.bitsAllocated)
    throw new DicomError("pixels-mismatch", "Expected the codestream's precision to fit Bits Allocated");
}
