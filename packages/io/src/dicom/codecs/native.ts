import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { type Codec, type PixelArray, pixelArray } from "./codec.ts";

/** Uncompressed stored values (PS3.5 8.1.1, 8.2): little or big endian, by pixel or by plane, one bit to 32. */
export const native: Codec = {
  name: "native",
  transferSyntaxes: [
    TransferSyntax.explicitLittleEndian,
    TransferSyntax.implicitLittleEndian,
    TransferSyntax.deflatedExplicitLittleEndian,
    TransferSyntax.explicitBigEndian,
  ],
  decode(encoded, pixel, transferSyntax) {
    if (8 * encoded.length < pixel.rows * pixel.columns * sampleCount(pixel) * pixel.bitsAllocated)
      throw new DicomError("pixels-mismatch", "Expected a frame of Rows x Columns stored values");
    if (pixel.bitsAllocated === 1) return unpackBits(encoded, pixel.rows * pixel.columns * pixel.samplesPerPixel);
    if (pixel.bitsAllocated === 12) return unpackTwelve(encoded, pixel.rows * pixel.columns * pixel.samplesPerPixel);
    const storedValues = pixelArray(pixel, pixel.rows * pixel.columns * sampleCount(pixel));
    const bytes = new Uint8Array(storedValues.buffer);
    bytes.set(encoded.subarray(0, bytes.length));
    // Words are swapped as words, whatever is packed into them (PS3.5 7.3); bytes only where one value takes several.
    if (transferSyntax === TransferSyntax.explicitBigEndian)
      swap(bytes, pixel.isWords ? Math.min(2, storedValues.BYTES_PER_ELEMENT) : storedValues.BYTES_PER_ELEMENT);
    return pixel.planarConfiguration === 1 && pixel.samplesPerPixel === 3 ? interleave(storedValues, pixel) : storedValues;
  },
};

/** 4:2:2 stores two luminances and one of each chrominance for two pixels (PS3.3 C.7.6.3.1.2). */
const sampleCount = (pixel: ImagePixel): number => (pixel.photometricInterpretation === "YBR_FULL_422" ? 2 : pixel.samplesPerPixel);

/** One bit a value, least significant first (PS3.5 8.1.1). */
function unpackBits(encoded: Uint8Array, length: number): Uint8Array {
  const storedValues = new Uint8Array(length);
  for (let index = 0; index < length; index++) storedValues[index] = (encoded[index >> 3]! >> (index & 7)) & 1;
  return storedValues;
}

/** Two stored values in three bytes, as retired ACR-NEMA files pack them. */
function unpackTwelve(encoded: Uint8Array, length: number): Uint16Array {
  const storedValues = new Uint16Array(length);
  for (let index = 0; index < length; index++) {
    const at = (3 * index) >> 1;
    storedValues[index] = index % 2 === 0 ? encoded[at]! | ((encoded[at + 1]! & 15) << 8) : (encoded[at]! >> 4) | (encoded[at + 1]! << 4);
  }
  return storedValues;
}

function swap(bytes: Uint8Array, size: number): void {
  if (size === 2) for (let at = 0; at + 1 < bytes.length; at += 2) [bytes[at], bytes[at + 1]] = [bytes[at + 1]!, bytes[at]!];
  if (size === 4) for (let at = 0; at + 3 < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
}

/** Plane after plane -> pixel after pixel. */
function interleave<T extends PixelArray>(planes: T, pixel: Pick<ImagePixel, "rows" | "columns" | "samplesPerPixel">): T {
  const size = pixel.rows * pixel.columns;
  const storedValues = planes.slice() as T;
  for (let sample = 0; sample < pixel.samplesPerPixel; sample++)
    for (let index = 0; index < size; index++) storedValues[index * pixel.samplesPerPixel + sample] = planes[sample * size + index]!;
  return storedValues;
}
