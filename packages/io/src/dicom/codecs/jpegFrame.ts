import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { jpegSegments, startOfScan } from "./jpegSegments.ts";

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

/** 0xc0 to 0xcf but for DHT, JPG and DAC, and JPEG-LS. */
const isFrameHeader = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7;

/** The frame header (SOF) of a JPEG stream (ITU-T T.81 annex B). */
export function readJpegFrame(encoded: Uint8Array): JpegFrame {
  if (encoded[0] !== 0xff || encoded[1] !== 0xd8) throw new DicomError("corrupt-pixels", "Expected a JPEG stream to begin with its SOI marker");
  for (const { marker, content, offset, skipped } of jpegSegments(encoded)) {
    if (skipped > 0) throw new DicomError("corrupt-pixels", "Expected a JPEG marker");
    if (isFrameHeader(marker) && content.length > 5)
      return {
        process: marker,
        precision: content[0]!,
        rows: content[1]! * 256 + content[2]!,
        columns: content[3]! * 256 + content[4]!,
        components: content[5]!,
        offset,
      };
    if (isFrameHeader(marker) || marker === startOfScan) break;
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
