import type { ImagePixel } from "../../parse/imagePixel.ts";
import { type CleanFrame, onlyRanges } from "./cleanFrame.ts";
import { cleanJpeg } from "./cleanJpeg.ts";
import { cleanJpeg2000 } from "./cleanJpeg2000.ts";
import { rleRanges } from "./rleRanges.ts";

/** A frame by what it begins with, whatever its transfer syntax says; undefined where its structure is none that is known here. */
export function cleanCodestream(encoded: Uint8Array, pixel: ImagePixel, isRle: boolean): CleanFrame | undefined {
  if (encoded[0] === 0xff && encoded[1] === 0xd8) return cleanJpeg(encoded, pixel);
  if (encoded[0] === 0xff && encoded[1] === 0x4f) return cleanJpeg2000(encoded, pixel);
  const ranges = isRle ? rleRanges(encoded, pixel) : undefined;
  return ranges && { cleaned: onlyRanges(encoded, ranges), isVerified: true, isWider: pixel.bitsStored < pixel.bitsAllocated };
}
