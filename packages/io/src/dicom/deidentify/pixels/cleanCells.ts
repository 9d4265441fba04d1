import type { ImagePixel } from "../../parse/imagePixel.ts";
import { withoutStrayBits } from "./strayBits.ts";

/** Bytes that all frames of native pixels take (PS3.5 8.1.1); of 4:2:2 two values a pixel (PS3.3 C.7.6.3.1.2). */
const bitsOf = (pixel: ImagePixel): number =>
  pixel.frames * pixel.rows * pixel.columns * (pixel.photometricInterpretation === "YBR_FULL_422" ? 2 : pixel.samplesPerPixel) * pixel.bitsAllocated;

/** Native pixels without what stands behind the last cell and in unused bits; undefined where they are too short, or too narrow to look into. */
export function cleanCells(bytes: Uint8Array, pixel: ImagePixel, littleEndian: boolean): Uint8Array | undefined {
  const bits = bitsOf(pixel);
  const size = Math.ceil(bits / 8);
  if (size > bytes.length) return undefined;
  // In big endian words of single bytes or bits each two bytes stand in reverse: the last cell may stand behind the padding.
  const isSwapped = !littleEndian && pixel.isWords === true && pixel.bitsAllocated < 16;
  const last = isSwapped ? (size - 1) ^ 1 : size - 1;
  const kept = bytes.subarray(0, isSwapped ? size + (size % 2) : size);
  const ended = last === size || bits % 8 !== 0 ? Uint8Array.from(kept) : kept;
  if (last === size) ended[size - 1] = 0;
  if (bits % 8 !== 0) ended[last] = ended[last]! & (2 ** (bits % 8) - 1);
  return withoutStrayBits(ended, pixel, littleEndian);
}
