import type { ImagePixel } from "../parse/imagePixel.ts";

/** Stored values as allocated: samples interleaved by pixel, bits above Bits Stored untouched. */
export type PixelArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** One family of transfer syntaxes. How to add one: docs/add-a-codec.md. */
export interface Codec {
  readonly name: string;
  readonly transferSyntaxes: readonly string[];
  /**
   * Encoded bytes of one frame -> rows x columns x samples stored values.
   *
   * @throws DicomError `corrupt-pixels` or `pixels-mismatch`.
   */
  decode(encoded: Uint8Array, pixel: ImagePixel, transferSyntax: string): PixelArray | Promise<PixelArray>;
}

/** An empty array of the stored values that the Image Pixel module asks for. */
export function pixelArray(pixel: Pick<ImagePixel, "bitsAllocated" | "isSigned">, length: number): PixelArray {
  if (pixel.bitsAllocated === 32) return pixel.isSigned ? new Int32Array(length) : new Uint32Array(length);
  if (pixel.bitsAllocated > 8) return pixel.isSigned ? new Int16Array(length) : new Uint16Array(length);
  return pixel.isSigned ? new Int8Array(length) : new Uint8Array(length);
}

/** Unsigned stored values of 8 or 16 bits -> the same bits as the Image Pixel module reads them; narrower stored values are widened. */
export function asAllocated(storedValues: PixelArray, pixel: Pick<ImagePixel, "bitsAllocated" | "isSigned">): PixelArray {
  const wanted = pixelArray(pixel, 0);
  if (wanted.constructor === storedValues.constructor) return storedValues;
  if (wanted.BYTES_PER_ELEMENT !== storedValues.BYTES_PER_ELEMENT) {
    const widened = pixelArray(pixel, storedValues.length);
    widened.set(storedValues);
    return widened;
  }
  return new (wanted.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => PixelArray)(
    storedValues.buffer,
    storedValues.byteOffset,
    storedValues.length,
  );
}
