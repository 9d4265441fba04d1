import type { ImagePixel } from "../../parse/imagePixel.ts";
import type { FrameStructure } from "./frameStructure.ts";
import { jpeg2000Ranges } from "./jpeg2000Ranges.ts";
import { jpegRanges } from "./jpegRanges.ts";
import { rleRanges } from "./rleRanges.ts";

/** The structure of a frame by what it begins with, whatever its transfer syntax says; undefined where it is none that is known here. */
export function structureOf(encoded: Uint8Array, pixel: ImagePixel, isRle: boolean): FrameStructure | undefined {
  if (encoded[0] === 0xff && encoded[1] === 0xd8) return jpegRanges(encoded, pixel);
  if (encoded[0] === 0xff && encoded[1] === 0x4f) return jpeg2000Ranges(encoded, pixel);
  return isRle ? rleRanges(encoded, pixel) : undefined;
}
