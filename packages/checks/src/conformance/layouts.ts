import type { ImagePixel, PixelArray } from "@mammo/io";
import type { Decoded } from "./decodeFile.ts";

/** The ways in which the same cells may be laid out: by pixel, by plane, bits packed, with padding behind them or padded to even length. */
export function layouts({ frames, pixel, padding }: Decoded): readonly Buffer[] {
  const byPixel = bytesOf(frames);
  const found = [byPixel];
  if (pixel.samplesPerPixel === 3) found.push(bytesOf(frames.map(byPlane)));
  if (pixel.bitsAllocated === 1 || pixel.bitsAllocated === 12) found.push(packBits(frames, pixel.bitsAllocated));
  if (padding.length > 0) found.push(Buffer.concat([byPixel, padding]));
  return found.flatMap((one) => (one.length % 2 ? [one, Buffer.concat([one, Buffer.alloc(1)])] : [one]));
}

export const bytesOf = (frames: readonly PixelArray[]): Buffer =>
  Buffer.concat(frames.map((cells) => Buffer.from(cells.buffer, cells.byteOffset, cells.byteLength)));

function byPlane(cells: PixelArray): PixelArray {
  const size = cells.length / 3;
  const planes = cells.slice();
  for (let sample = 0; sample < 3; sample++) for (let at = 0; at < size; at++) planes[sample * size + at] = cells[3 * at + sample]!;
  return planes;
}

function packBits(frames: readonly PixelArray[], size: number): Buffer {
  const total = frames.reduce((sum, frame) => sum + frame.length, 0);
  const packed = Buffer.alloc(Math.ceil((total * size) / 8));
  let at = 0;
  for (const frame of frames)
    for (let index = 0; index < frame.length; index++)
      for (let bit = 0; bit < size; bit++, at++) packed[at >> 3]! |= ((frame[index]! >> bit) & 1) << (at & 7);
  return packed;
}

/** Range and mean of the stored values, bits above Bits Stored left out. */
export function statistics(frames: readonly PixelArray[], pixel: ImagePixel): { readonly min: number; readonly max: number; readonly mean: number } {
  const shift = 32 - pixel.bitsStored;
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const frame of frames) {
    for (let at = 0; at < frame.length; at++) {
      const value = pixel.isSigned && pixel.bitsStored < 32 ? (frame[at]! << shift) >> shift : frame[at]!;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
    count += frame.length;
  }
  return { min, max, mean: sum / count };
}
