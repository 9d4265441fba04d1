import { requireKnownKeys } from "@mammo/mammogram";

/**
 * Encodes one gray image as JPEG Lossless, process 14, selection value 1 (ITU-T T.81, annex H; transfer syntax 1.2.840.10008.1.2.4.70).
 *
 * [re-implementation of T.81] One Huffman table, made for the image (annex K.2).
 *
 * @param pixels - row-major, each below 2^bits
 * @param options - rows, columns, and bits: the precision, 2 to 15
 * @returns the codestream from SOI to EOI, of even length
 * @throws RangeError if the number of pixels is not rows x columns, or bits are out of range
 * @example const stream = encodeJpegLossless(pixels, { rows: 1800, columns: 1200, bits: 12 });
 */
export function encodeJpegLossless(
  pixels: Uint16Array,
  options: { readonly rows: number; readonly columns: number; readonly bits: number },
): Uint8Array {
  requireKnownKeys("encodeJpegLossless", options, { rows: true, columns: true, bits: true });
  const { rows, columns, bits } = options;
  if (pixels.length !== rows * columns) throw new RangeError(`Expected ${rows} x ${columns} pixels, got ${pixels.length}`);
  if (!(bits >= 2 && bits <= 15)) throw new RangeError(`Expected 2 to 15 bits, got ${bits}`);
  const differences = predict(pixels, columns, bits);
  const table = huffmanTable(countCategories(differences));
  const header = headerOf({ rows, columns, bits, table });
  return entropyCode(differences, table, header);
}

/** Each pixel less its left neighbor; the first column less the pixel above; the very first less half the range (H.1.2.1). */
function predict(pixels: Uint16Array, columns: number, bits: number): Int16Array {
  const differences = new Int16Array(pixels.length);
  for (let start = 0; start < pixels.length; start += columns) {
    let before = start === 0 ? 1 << (bits - 1) : pixels[start - columns]!;
    for (let i = start; i < start + columns; i++) {
      const value = pixels[i]!;
      differences[i] = value - before;
      before = value;
    }
  }
  return differences;
}

/** Category of a difference: bits of its size (table H.2). */
function category(difference: number): number {
  return 32 - Math.clz32(difference < 0 ? -difference : difference);
}

function countCategories(differences: Int16Array): number[] {
  const counts = new Uint32Array(17);
  for (let i = 0; i < differences.length; i++) counts[category(differences[i]!)]!++;
  return [...counts];
}

interface HuffmanTable {
  /** Codes of each length 1 to 16. */
  readonly lengths: readonly number[];
  /** Categories, in order of code length. */
  readonly symbols: readonly number[];
  readonly codeOf: Uint32Array;
  readonly sizeOf: Uint8Array;
}

/** T.81 K.2: Huffman's merging, with a reserved symbol so that no code is all ones; at most 17 symbols need at most 16 bits + 1, then shortened (figure K.3). */
function huffmanTable(counts: readonly number[]): HuffmanTable {
  const nodes = counts.flatMap((count, symbol) => (count > 0 ? [{ count, symbols: [symbol] }] : []));
  nodes.push({ count: 0, symbols: [17] });
  const depth = new Uint8Array(18);
  while (nodes.length > 1) {
    // The reserved symbol has count 0 and so comes first: it gets a longest code, which is then given up.
    nodes.sort((a, b) => a.count - b.count);
    const [first, second] = nodes.splice(0, 2) as [(typeof nodes)[0], (typeof nodes)[0]];
    for (const symbol of [...first.symbols, ...second.symbols]) depth[symbol]!++;
    nodes.push({ count: first.count + second.count, symbols: [...first.symbols, ...second.symbols] });
  }
  const perLength = new Array<number>(33).fill(0);
  for (const bits of depth) if (bits > 0) perLength[bits]!++;
  for (let bits = 32; bits > 16; bits--)
    while (perLength[bits]! > 0) {
      let shorter = bits - 2;
      while (perLength[shorter] === 0) shorter--;
      perLength[bits]! -= 2;
      perLength[bits - 1]!++;
      perLength[shorter + 1]! += 2;
      perLength[shorter]!--;
    }
  let longest = 16;
  while (perLength[longest] === 0) longest--;
  perLength[longest]!--;
  const symbols = counts.flatMap((count, symbol) => (count > 0 ? [symbol] : [])).sort((a, b) => depth[a]! - depth[b]! || a - b);
  const codeOf = new Uint32Array(17);
  const sizeOf = new Uint8Array(17);
  let code = 0;
  let next = 0;
  for (let bits = 1; bits <= 16; bits++) {
    for (let k = 0; k < perLength[bits]!; k++) {
      codeOf[symbols[next]!] = code++;
      sizeOf[symbols[next++]!] = bits;
    }
    code <<= 1;
  }
  return { lengths: perLength.slice(1, 17), symbols, codeOf, sizeOf };
}

/** SOI, DHT (B.2.4.2), SOF3 (B.2.2), SOS (B.2.3) with selection value 1. */
function headerOf(of: { readonly rows: number; readonly columns: number; readonly bits: number; readonly table: HuffmanTable }): number[] {
  const word = (value: number) => [value >> 8, value & 255];
  const { lengths, symbols } = of.table;
  return [
    ...[0xff, 0xd8],
    ...[0xff, 0xc3, ...word(11), of.bits, ...word(of.rows), ...word(of.columns), 1, 1, 0x11, 0],
    ...[0xff, 0xc4, ...word(19 + symbols.length), 0, ...lengths, ...symbols],
    ...[0xff, 0xda, ...word(8), 1, 1, 0, 1, 0, 0],
  ];
}

/** Codes and extra bits (H.1.2.2), with a zero byte after each 0xFF (B.1.1.5) and ones at the end. */
function entropyCode(differences: Int16Array, { codeOf, sizeOf }: HuffmanTable, header: readonly number[]): Uint8Array {
  // At most 16 + 15 bits a pixel, doubled where every byte is stuffed; real images need a tenth, so the buffer grows on demand.
  let bytes = new Uint8Array(differences.length + 65_536);
  bytes.set(header);
  let at = header.length;
  let held = 0;
  let count = 0;
  const put = (byte: number) => {
    bytes[at++] = byte;
    if (byte === 0xff) bytes[at++] = 0;
  };
  for (let i = 0; i < differences.length; i++) {
    if (at + 16 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    const difference = differences[i]!;
    const bits = category(difference);
    const size = sizeOf[bits]!;
    // 7 bits held, and up to 16 of the code: fits; then the extra bits.
    held = (held << size) | codeOf[bits]!;
    count += size;
    while (count >= 8) {
      count -= 8;
      put((held >>> count) & 255);
    }
    if (bits === 0) continue;
    held = (held << bits) | ((difference < 0 ? difference - 1 : difference) & ((1 << bits) - 1));
    count += bits;
    while (count >= 8) {
      count -= 8;
      put((held >>> count) & 255);
    }
  }
  if (count > 0) put(((held << (8 - count)) | ((1 << (8 - count)) - 1)) & 255);
  bytes[at++] = 0xff;
  bytes[at++] = 0xd9;
  return bytes.slice(0, at + (at & 1));
}
