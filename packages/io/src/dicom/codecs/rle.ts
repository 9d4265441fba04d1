import { DicomError } from "../dicomError.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { type Codec, pixelArray } from "./codec.ts";

/** RLE Lossless (PS3.5 annex G): one PackBits segment for each byte of a stored value, most significant first, sample after sample. */
export const rle: Codec = {
  name: "rle",
  transferSyntaxes: [TransferSyntax.rleLossless],
  decode(encoded, pixel) {
    const bytesPerValue = Math.max(pixel.bitsAllocated >> 3, 1);
    const segments = bytesPerValue * pixel.samplesPerPixel;
    const size = pixel.rows * pixel.columns;
    if (encoded.length < 64) throw new DicomError("corrupt-pixels", "Expected an RLE header of 64 bytes");
    const header = new DataView(encoded.buffer, encoded.byteOffset, 64);
    if (header.getUint32(0, true) !== segments) throw new DicomError("pixels-mismatch", `Expected ${segments} RLE segments`);
    const storedValues = pixelArray(pixel, size * pixel.samplesPerPixel);
    const bytes = new Uint8Array(storedValues.buffer);
    for (let segment = 0; segment < segments; segment++) {
      const start = header.getUint32(4 + 4 * segment, true);
      const next = segment + 1 < segments ? header.getUint32(8 + 4 * segment, true) : encoded.length;
      const sample = Math.floor(segment / bytesPerValue);
      const significance = bytesPerValue - 1 - (segment % bytesPerValue);
      unpackBits(encoded, { start, end: Math.min(next, encoded.length), bytes, first: sample * bytesPerValue + significance, step: segments, size });
    }
    return storedValues;
  },
};

/** PackBits: n < 128 copies n + 1 bytes, n > 128 repeats one byte 257 - n times. */
export function unpackBits(
  encoded: Uint8Array,
  options: {
    readonly start: number;
    readonly end: number;
    readonly bytes: Uint8Array;
    readonly first: number;
    readonly step: number;
    readonly size: number;
  },
): void {
  const { end, bytes, step } = options;
  const stop = options.first + options.size * step;
  let from = options.start;
  let to = options.first;
  while (from < end && to < stop) {
    const control = encoded[from++]!;
    if (control < 128) {
      for (let left = control + 1; left > 0 && to < stop && from < end; left--, to += step) bytes[to] = encoded[from++]!;
    } else if (control > 128) {
      const value = encoded[from++] ?? 0;
      for (let left = 257 - control; left > 0 && to < stop; left--, to += step) bytes[to] = value;
    }
  }
  if (to < stop) throw new DicomError("corrupt-pixels", "Packed bytes end before the last pixel");
}
