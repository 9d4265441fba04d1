import { DicomError } from "../dicomError.ts";

/** Bits of a JPEG-LS segment: after a byte of ones the next holds 7 (T.87 A.1). A marker ends it. */
export function jpegLsBits(encoded: Uint8Array, start: number) {
  let at = start;
  let held = 0;
  let count = 0;
  let afterOnes = false;
  let padded = 0;
  const fill = (): void => {
    const byte = encoded[at];
    const size = afterOnes ? 7 : 8;
    const isEnd = byte === undefined || (afterOnes && byte >= 128) || (byte === 0xff && (encoded[at + 1] ?? 0xff) >= 128);
    if (isEnd) {
      if ((padded += 8) > 256) throw new DicomError("corrupt-pixels", "A JPEG-LS scan ends before its last pixel");
      held = (held << 8) & 0xffffff;
      count += 8;
      return;
    }
    at++;
    held = ((held << size) | byte) & 0xffffff;
    count += size;
    afterOnes = byte === 0xff;
  };
  const sizeBefore = (behind: number): number => (behind - 2 >= start && encoded[behind - 2] === 0xff ? 7 : 8);
  const bits = (wanted: number): number => {
    if (wanted > 12) return bits(wanted - 12) * 4096 + bits(12);
    while (count < wanted) fill();
    count -= wanted;
    return (held >> count) & ((1 << wanted) - 1);
  };
  return {
    bits,
    /** Behind the last byte of which a bit was asked for, and the zeros that keep a last byte of ones from being a marker. */
    end(): number {
      let [behind, unread] = [at, count - 8 * Math.min(padded >> 3, count >> 3)];
      for (let size = sizeBefore(behind); unread >= size && behind > start; size = sizeBefore(behind)) {
        unread -= size;
        behind--;
      }
      return behind > start && encoded[behind - 1] === 0xff && encoded[behind]! < 128 ? behind + 1 : behind;
    },
    /** Zeros before the next one, which is eaten too; at most `most`. */
    zeros(most: number): number {
      for (let zeros = 0; zeros <= most; zeros++) if (bits(1) === 1) return zeros;
      throw new DicomError("corrupt-pixels", "A JPEG-LS code is longer than its limit");
    },
  };
}
