import { DicomError } from "../dicomError.ts";

/** For each 16 bits ahead: code length * 256 + symbol; 0 where no code fits. */
export type HuffmanTable = Uint16Array;

/** The bytes of a stream that a table is read from. */
export type Place = readonly [from: number, to: number];

/** The tables that a stream has defined so far: 0 to 3 for DC and lossless, 4 to 7 for AC, and how many that were. */
export interface HuffmanTables {
  readonly tables: (HuffmanTable | undefined)[];
  /** Where each stands in the stream. */
  readonly places: (Place | undefined)[];
  defined: number;
}

/** Reads the tables of one DHT segment, at class * 4 + destination (ITU-T T.81 B.2.4.2); `offset` of its content in the stream. */
export function readHuffmanTables(segment: Uint8Array, huffman: HuffmanTables, offset: number): void {
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
    const index = (segment[at]! >> 4) * 4 + (segment[at]! & 3);
    huffman.tables[index] = table;
    huffman.places[index] = [offset + at, offset + value];
    at = value;
  }
}
