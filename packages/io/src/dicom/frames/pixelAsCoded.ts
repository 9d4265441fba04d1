import type { PixelArray } from "../codecs/codec.ts";
import type { Codestream } from "../codecs/codestream.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";

/**
 * The Image Pixel module where a codestream contradicts it (PS3.5 8.2): more bits than Bits Stored where values need them, the sign that JPEG 2000 states, and two's complement of the codestream's own precision.
 *
 * The same object where nothing is contradicted: encoders often state 16 bits for values of 12.
 */
export function pixelAsCoded(storedValues: PixelArray, pixel: ImagePixel, { precision, isSigned: isSignedStream = false }: Codestream): ImagePixel {
  const isSigned = pixel.isSigned || isSignedStream;
  const { bitsStored, highBit } = pixel;
  const isNarrower = precision !== undefined && precision < bitsStored && isSigned;
  const isWider = precision !== undefined && precision > bitsStored && highBit === bitsStored - 1 && exceeds(storedValues, pixel, isSigned);
  if (!isNarrower && !isWider && isSigned === pixel.isSigned) return pixel;
  const bits = isNarrower || isWider ? precision : bitsStored;
  return { ...pixel, isSigned, bitsStored: bits, highBit: bits - 1 };
}

/** Whether any value needs more bits than are stored; negative values may be sign-extended or not. */
function exceeds(storedValues: PixelArray, { bitsStored, bitsAllocated }: ImagePixel, isSigned: boolean): boolean {
  const all = 2 ** bitsAllocated;
  const [least, most] = [isSigned ? -(2 ** (bitsStored - 1)) : 0, 2 ** bitsStored];
  for (let index = 0; index < storedValues.length; index++) {
    const bits = storedValues[index]!;
    const value = bits < 0 ? bits + all : bits;
    if (value >= most && !(isSigned && value - all >= least)) return true;
  }
  return false;
}
