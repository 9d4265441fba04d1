import type { ImagePixel } from "../parse/imagePixel.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { readJpeg2000Size } from "./jpeg2000Header.ts";
import { readJpegFrame } from "./jpegFrame.ts";

/** What the encoded bytes of a frame say of themselves. */
export interface Codestream {
  /** In words, for errors. */
  readonly name: string;
  /** The transfer syntaxes whose codecs read it. */
  readonly transferSyntaxes: readonly string[];
  /** Bits of a value, where the codestream says so. */
  readonly precision?: number;
  readonly isSigned?: boolean;
}

const jpeg2000 = [TransferSyntax.jpeg2000Lossless, TransferSyntax.jpeg2000];
const htj2k = [TransferSyntax.htj2kLossless, TransferSyntax.htj2kLosslessRpcl, TransferSyntax.htj2k];
const jpeg = [TransferSyntax.jpegBaseline, TransferSyntax.jpegExtended, TransferSyntax.jpegSpectralSelection, TransferSyntax.jpegFullProgression];
const lossless = [TransferSyntax.jpegLossless, TransferSyntax.jpegLosslessSv1];
const jpegLs = [TransferSyntax.jpegLsLossless, TransferSyntax.jpegLsNearLossless];

/** Whether bytes begin as a JPEG, JPEG-LS or JPEG 2000 codestream does. */
export const isCodestream = (bytes: Uint8Array): boolean => bytes[0] === 0xff && (bytes[1] === 0xd8 || bytes[1] === 0x4f) && bytes[2] === 0xff;

/** A frame's codestream by its own markers (SOI and SOF, SOC and SIZ), or by a header of RLE that fits the image; undefined for anything else, and for one that is broken. */
export function identifyCodestream(encoded: Uint8Array, pixel: Pick<ImagePixel, "bitsAllocated" | "samplesPerPixel">): Codestream | undefined {
  try {
    if (encoded[0] === 0xff && encoded[1] === 0xd8) {
      const { process, precision } = readJpegFrame(encoded);
      if (process <= 0xc2) return { name: "JPEG with a cosine transform", transferSyntaxes: jpeg, precision };
      if (process === 0xc3) return { name: "JPEG Lossless", transferSyntaxes: lossless, precision };
      return process === 0xf7 ? { name: "JPEG-LS", transferSyntaxes: jpegLs, precision } : undefined;
    }
    const isJpeg2000 = (encoded[0] === 0xff && encoded[1] === 0x4f) || (encoded[3] === 12 && encoded[4] === 0x6a && encoded[5] === 0x50);
    if (isJpeg2000) {
      const { precision, isSigned, isHighThroughput } = readJpeg2000Size(encoded);
      const transferSyntaxes = isHighThroughput ? htj2k : jpeg2000;
      return { name: isHighThroughput ? "High-Throughput JPEG 2000" : "JPEG 2000", transferSyntaxes, precision, isSigned };
    }
  } catch {
    return undefined; // The codec says what is wrong.
  }
  const segments = Math.max(pixel.bitsAllocated >> 3, 1) * pixel.samplesPerPixel;
  const isRle = encoded.length >= 64 && encoded[0] === segments && encoded[4] === 64 && [1, 2, 3, 5, 6, 7].every((at) => encoded[at] === 0);
  return isRle ? { name: "RLE", transferSyntaxes: [TransferSyntax.rleLossless] } : undefined;
}
