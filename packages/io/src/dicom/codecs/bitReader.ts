import { DicomError } from "../dicomError.ts";
import type { HuffmanTable } from "./jpegHuffman.ts";

/** Reads the entropy-coded data of a JPEG scan (ITU-T T.81 F.2.2). */
export interface BitReader {
  /** The symbol of the next Huffman code. */
  symbol(table: HuffmanTable): number;
  /** Unsigned, up to 16 bits. */
  bits(count: number): number;
  /** A difference of `count` bits (F.2.2.1 EXTEND). */
  signed(count: number): number;
  /** A difference whose category is the next symbol, up to 16 (H.1.2.2). */
  difference(table: HuffmanTable): number;
  /** Goes behind the next restart marker. */
  restart(): void;
}

/**
 * Reads bit by bit from `start` on: stuffed zeros are skipped, a marker ends the data, zeros follow: up to `padding` bits of them, then an error.
 *
 * State is kept in the closure and copied to locals where a loop is hot: it is read 10^7 times an image.
 */
export function bitReader(encoded: Uint8Array, start: number, { padding = 1024 } = {}): BitReader {
  let at = start;
  let held = 0; // The next `available` bits are the low ones.
  let available = 0;
  let padded = 0;
  const end = encoded.length;
  const fill = (count: number): void => {
    while (available < count) {
      let byte = 0;
      if (at < end && encoded[at] !== 0xff) byte = encoded[at++]!;
      else if (at < end && encoded[at + 1] === 0) {
        byte = 0xff;
        at += 2;
      } else if ((padded += 8) > padding + available + 8) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last pixel");
      held = (held << 8) | byte;
      available += 8;
    }
  };
  const symbol = (table: HuffmanTable): number => {
    if (available < 16) fill(16);
    const entry = table[(held >>> (available - 16)) & 0xffff]!;
    if (entry === 0) throw new DicomError("corrupt-pixels", "Expected a Huffman code of the table");
    available -= entry >> 8;
    return entry & 255;
  };
  const bits = (count: number): number => {
    if (available < count) fill(count);
    available -= count;
    return (held >>> available) & ((1 << count) - 1);
  };
  const signed = (count: number): number => {
    if (count === 0) return 0;
    const value = bits(count);
    return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  };
  return {
    symbol,
    bits,
    signed,
    difference(table) {
      const category = symbol(table);
      if (category < 16) return signed(category);
      if (category > 16) throw new DicomError("corrupt-pixels", "Expected a difference of at most 16 bits");
      return 32768;
    },
    restart() {
      held = available = padded = 0;
      while (at + 1 < end && !(encoded[at] === 0xff && encoded[at + 1]! >= 0xd0 && encoded[at + 1]! <= 0xd7)) {
        if (encoded[at] === 0xff && encoded[at + 1]! >= 0xd8 && encoded[at + 1]! < 0xff) break;
        at++;
      }
      if (at + 1 >= end || encoded[at + 1]! > 0xd7) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last restart");
      at += 2;
    },
  };
}
