import type { ImagePixel } from "../../parse/imagePixel.ts";
import { jpeg2000Ranges } from "./jpeg2000Ranges.ts";
import { jpegRanges } from "./jpegRanges.ts";
import { rleRanges } from "./rleRanges.ts";

/** Bytes from the first to before the second. */
export type Range = readonly [from: number, to: number];

/** Which bytes of an encoded frame make its picture, and whether the codestream has more bits a value than the data set declares. */
export interface FrameStructure {
  readonly ranges: readonly Range[];
  readonly isWider: boolean;
}

/** The structure of a frame by what it begins with, whatever its transfer syntax says; undefined where it is none that is known here. */
export function frameStructure(encoded: Uint8Array, pixel: ImagePixel, isRle: boolean): FrameStructure | undefined {
  if (encoded[0] === 0xff && encoded[1] === 0xd8) return jpegRanges(encoded, pixel);
  if (encoded[0] === 0xff && encoded[1] === 0x4f) return jpeg2000Ranges(encoded, pixel);
  return isRle ? rleRanges(encoded, pixel) : undefined;
}
