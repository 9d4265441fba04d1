import { DicomError } from "../dicomError.ts";
import type { HuffmanTable } from "./jpegHuffman.ts";
import { type OnRead, unheard } from "./onRead.ts";

/** Reads the entropy-coded data of a JPEG scan (ITU-T T.81 F.2.2). */
export interface BitReader {
  /** The symbol of the next Huffman code. */
  symbol(table: HuffmanTable): number;
  /** Unsigned, up to 16 bits. */
  bits(count: number): number;
  /** A difference of `count` bits (F.2.2.1 EXTEND). */
  signed(count: number): number;
  /** The next `count` differences, each of a category up to 16 that is the symbol in front of it (H.1.2.2), by the tables in turn; into `out` from 0 on. */
  differences(tables: readonly HuffmanTable[], out: Int32Array, count: number): void;
  /** Goes behind the next restart marker. */
  restart(): void;
  /** Says what was read since the last restart. */
  finish(): void;
}

/**
 * Reads bit by bit from `start` on: stuffed zeros are skipped, a marker ends the data, zeros follow: up to `padding` bits of them, then an error.
 */
export function bitReader(
  encoded: Uint8Array,
  start: number,
  { padding = 1024, onRead = unheard }: { readonly padding?: number; readonly onRead?: OnRead } = {},
): BitReader {
  let at = start;
  let from = start;
  let held = 0; // The next `available` bits are the low ones.
  let available = 0;
  let padded = 0;
  const end = encoded.length;
  /** A byte of zeros behind the data, if not too many have been read already. */
  const pad = (left: number): 0 => {
    if ((padded += 8) > padding + left + 8) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last pixel");
    return 0;
  };
  const fill = (count: number): void => {
    while (available < count) {
      let byte = 0;
      if (at < end && encoded[at] !== 0xff) byte = encoded[at++]!;
      else if (at < end && encoded[at + 1] === 0) {
        byte = 0xff;
        at += 2;
      } else pad(available);
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
  /** Behind the last byte of which a bit was asked for. */
  const lastRead = (): number => {
    let behind = at;
    for (let unread = (available >> 3) - Math.min(padded >> 3, available >> 3); unread > 0; unread--)
      behind -= encoded[behind - 1] === 0 && encoded[behind - 2] === 0xff ? 2 : 1;
    return behind;
  };
  return {
    symbol,
    bits,
    signed,
    differences(tables, out, count) {
      // The reader's state in locals: this loop runs for each pixel of a lossless image, and is half as fast with calls.
      let position = at;
      let word = held;
      let left = available;
      let table = tables[0]!;
      const isInterleaved = tables.length > 1;
      for (let index = 0; index < count; index++) {
        if (isInterleaved) table = tables[index % tables.length]!;
        if (left <= 16) {
          const first = encoded[position]!;
          const second = encoded[position + 1]!;
          if (position + 1 < end && first !== 0xff && second !== 0xff) {
            word = (word << 16) | (first << 8) | second;
            position += 2;
            left += 16;
          } else {
            at = position;
            held = word;
            available = left;
            fill(17);
            position = at;
            word = held;
            left = available;
          }
        }
        const entry = table[(word >>> (left - 16)) & 0xffff]!;
        if (entry === 0) throw new DicomError("corrupt-pixels", "Expected a Huffman code of the table");
        left -= entry >> 8;
        const category = entry & 255;
        if (category === 0) out[index] = 0;
        else if (category <= left && category < 16) {
          left -= category;
          const value = (word >>> left) & ((1 << category) - 1);
          out[index] = value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
        } else {
          if (category > 16) throw new DicomError("corrupt-pixels", "Expected a difference of at most 16 bits");
          at = position;
          held = word;
          available = left;
          out[index] = category === 16 ? 32768 : signed(category);
          position = at;
          word = held;
          left = available;
        }
      }
      at = position;
      held = word;
      available = left;
    },
    restart() {
      onRead.data(from, lastRead());
      held = available = padded = 0;
      while (at + 1 < end && !(encoded[at] === 0xff && encoded[at + 1]! >= 0xd0 && encoded[at + 1]! <= 0xd7)) {
        if (encoded[at] === 0xff && encoded[at + 1]! >= 0xd8 && encoded[at + 1]! < 0xff) break;
        at++;
      }
      if (at + 1 >= end || encoded[at + 1]! > 0xd7) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last restart");
      from = at;
      at += 2;
    },
    finish() {
      onRead.data(from, lastRead());
    },
  };
}
