import type { ImagePixel } from "../../parse/imagePixel.ts";
import { type CleanFrame, onlyRanges } from "./cleanFrame.ts";
import { cleanJpeg } from "./cleanJpeg.ts";
import { jpeg2000Ranges } from "./jpeg2000Ranges.ts";
import { rleRanges } from "./rleRanges.ts";

/** A frame by what it begins with, whatever its transfer syntax says; undefined where its structure is none that is known here. */
export function cleanCodestream(encoded: Uint8Array, pixel: ImagePixel, isRle: boolean): CleanFrame | undefined {
  if (encoded[0] === 0xff && encoded[1] === 0xd8) return cleanJpeg(encoded, pixel);
  if (encoded[0] === 0xff && encoded[1] === 0x4f) {
    const structure = jpeg2000Ranges(encoded, pixel);
    return structure && { cleaned: onlyRanges(encoded, structure.ranges), isVerified: true, isWider: structure.isWider };
  }
  const ranges = isRle ? rleRanges(encoded, pixel) : undefined;
  return ranges && { cleaned: onlyRanges(encoded, ranges), isVerified: true, isWider: pixel.bitsStored < pixel.bitsAllocated };
}
