import { DicomError } from "../dicomError.ts";

/** For each 16 bits ahead: code length * 256 + symbol; 0 where no code fits. */
export type HuffmanTable = Uint16Array;

/** The tables that a stream has defined so far: 0 to 3 for DC and lossless, 4 to 7 for AC, and how many that were. */
export interface HuffmanTables {
  readonly tables: (HuffmanTable | undefined)[];
  defined: number;
}

/** Reads the tables of one DHT segment, at class * 4 + destination (ITU-T T.81 B.2.4.2). */
export function readHuffmanTables(segment: Uint8Array, huffman: HuffmanTables): void {
  let at = 0;
  while (at + 17 <= segment.length) {
    // A table of no codes takes 17 bytes of the file and 128 kB of ours.
    if (++huffman.defined > 256) throw new DicomError("corrupt-pixels", "Expected at most 256 Huffman tables");
    const table = new Uint16Array(65536);
    let value = at + 17;
    let start = 0;
    for (let length = 1; length <= 16; length++) {
      const span = 1 << (16 - length);
      for (let left = segment[at + length]!; left > 0; left--) {
        const symbol = segment[value++];
        if (symbol === undefined || start + span > 65536) throw new DicomError("corrupt-pixels", "Expected a Huffman table");
        table.fill(length * 256 + symbol, start, start + span);
        start += span;
      }
    }
    huffman.tables[(segment[at]! >> 4) * 4 + (segment[at]! & 3)] = table;
    at = value;
  }
}

/** Reads an entropy-coded segment bit by bit: stuffed zeros are skipped, a marker ends it, zeros follow (a little, then an error). */
export function bitReader(encoded: Uint8Array, start: number) {
  let at = start;
  let bits = 0; // The next `available` bits are the low ones.
  let available = 0;
  let padded = 0;
  const fill = (count: number): void => {
    while (available < count) {
      let byte = 0;
      if (at < encoded.length && encoded[at] !== 0xff) byte = encoded[at++]!;
      else if (at < encoded.length && encoded[at + 1] === 0) {
        byte = 0xff;
        at += 2;
      } else if ((padded += 8) > 1024) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last block");
      bits = (bits << 8) | byte;
      available += 8;
    }
  };
  return {
    symbol(table: HuffmanTable): number {
      fill(16);
      const entry = table[(bits >>> (available - 16)) & 0xffff]!;
      if (entry === 0) throw new DicomError("corrupt-pixels", "Expected a Huffman code of the table");
      available -= entry >> 8;
      return entry & 255;
    },
    /** Unsigned, up to 16 bits. */
    bits(count: number): number {
      if (count === 0) return 0;
      fill(count);
      available -= count;
      return (bits >>> available) & ((1 << count) - 1);
    },
    /** A difference of `count` bits (T.81 F.2.2.1 EXTEND). */
    signed(count: number): number {
      if (count === 0) return 0;
      const value = this.bits(count);
      return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
    },
    /** Goes behind the next restart marker. */
    restart(): void {
      bits = available = padded = 0;
      while (at + 1 < encoded.length && !(encoded[at] === 0xff && encoded[at + 1]! >= 0xd0 && encoded[at + 1]! <= 0xd7)) {
        if (encoded[at] === 0xff && encoded[at + 1]! >= 0xd8 && encoded[at + 1]! < 0xff) break;
        at++;
      }
      if (at + 1 >= encoded.length || encoded[at + 1]! > 0xd7) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last restart");
      at += 2;
    },
    /** Where the entropy-coded bytes ended. */
    position: (): number => at,
  };
}
export type BitReader = ReturnType<typeof bitReader>;
