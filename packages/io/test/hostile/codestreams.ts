import { concat, encapsulated, integers, mammogram } from "../writeDicom.ts";

/** A JPEG or JPEG-LS stream of headers alone: a frame of one component of 12 bits, one scan, nothing in it. */
export const jpegOf = (process: number, rows: number, columns: number): Uint8Array =>
  concat(
    Uint8Array.of(0xff, 0xd8, 0xff, process, 0, 11, 12, rows >> 8, rows & 255, columns >> 8, columns & 255, 1, 1, 0x11, 0),
    Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0, 0, 0, 0),
  );

/** A JPEG 2000 codestream of its size alone: one component of 12 bits. */
export const jpeg2000Of = (options: {
  readonly rows: number;
  readonly columns: number;
  readonly tile?: number;
  readonly step?: number;
}): Uint8Array => {
  const { rows, columns, tile = Math.max(rows, columns), step = 1 } = options;
  return concat(
    Uint8Array.of(0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0),
    integers([columns, rows, 0, 0, tile, tile, 0, 0], 4, false),
    Uint8Array.of(0, 1, 11, step, step),
    // COD and QCD: five levels, code blocks of 64 x 64, reversible.
    Uint8Array.of(0xff, 0x52, 0, 12, 0, 0, 0, 1, 0, 5, 4, 4, 0, 1),
    Uint8Array.of(0xff, 0x5c, 0, 19, 0x40, ...Array.from({ length: 16 }, () => 0x48)),
    Uint8Array.of(0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 14, 0, 1, 0xff, 0x93, 0xff, 0xd9),
    new Uint8Array(64),
  );
};

/** An RLE frame of a header alone. */
export const rleOf = (segments: number, ...offsets: readonly number[]): Uint8Array => {
  const header = new Uint32Array(16);
  header.set([segments, ...offsets]);
  return new Uint8Array(header.buffer);
};

/** A mammogram whose pixels are these fragments, and whose header says rows x columns. */
export const compressed = (syntax: string, fragments: readonly Uint8Array[], size: { readonly rows?: number; readonly columns?: number } = {}) =>
  mammogram({ syntax, ...size, cells: new Uint16Array(0), pixelElement: encapsulated(...fragments) });

/** Fragments behind an offset table of one's own. */
export function withOffsets(offsets: readonly number[], ...fragments: readonly Uint8Array[]): Uint8Array {
  const item = (bytes: Uint8Array): Uint8Array => concat(integers([0xfffe, 0xe000], 2), integers([bytes.length], 4), bytes);
  return concat(
    integers([0x7fe0, 0x0010], 2),
    new TextEncoder().encode("OB"),
    new Uint8Array(2),
    integers([0xffffffff], 4),
    item(integers(offsets, 4)),
    ...fragments.map(item),
    integers([0xfffe, 0xe0dd], 2),
    integers([0], 4),
  );
}

/** A progressive JPEG of many scans that each touch every block with next to no bits: end-of-band runs of 32,767 blocks. */
export function progressiveBomb(rows: number, columns: number, scans: number): Uint8Array {
  const blocks = Math.ceil(rows / 8) * Math.ceil(columns / 8);
  const table = (kind: number, symbol: number) => Uint8Array.of(0xff, 0xc4, 0, 20, kind, 1, ...new Uint8Array(15), symbol);
  // One code, of one zero bit: "EOB14", behind which stand 14 bits of the run's length: 0 and 14 times 1 again and again.
  const bits = Array.from({ length: Math.ceil(blocks / 32767) * 15 + 64 }, (_, index): number => (index % 15 === 0 ? 0 : 1));
  const bytes: number[] = [];
  for (let at = 0; at + 8 <= bits.length; at += 8) {
    const byte = bits.slice(at, at + 8).reduce((value, bit) => value * 2 + bit, 0);
    bytes.push(byte, ...(byte === 0xff ? [0] : []));
  }
  const scan = concat(Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0x00), Uint8Array.from(bytes));
  return concat(
    Uint8Array.of(0xff, 0xd8, 0xff, 0xc2, 0, 11, 12, rows >> 8, rows & 255, columns >> 8, columns & 255, 1, 1, 0x11, 0),
    Uint8Array.of(0xff, 0xdb, 0, 67, 0, ...Array.from({ length: 64 }, () => 1)),
    table(0x00, 0),
    table(0x10, 0xe0),
    ...Array.from({ length: scans }, () => scan),
    Uint8Array.of(0xff, 0xd9),
    new Uint8Array(Math.ceil((rows * columns) / 512)),
  );
}
