import { minMax } from "@mammo/mammogram";
import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { bitReader } from "./bitReader.ts";
import { asAllocated, type Codec, type PixelArray, pixelArray } from "./codec.ts";
import { inverseDct } from "./inverseDct.ts";
import { checkCodestream, type JpegFrame, readJpegFrame } from "./jpegFrame.ts";
import { type HuffmanTables, type Place, readHuffmanTables } from "./jpegHuffman.ts";
import { type Component, type DctScan, decodeDctScan } from "./jpegScan.ts";
import { jpegSegments, startOfScan } from "./jpegSegments.ts";
import { type OnRead, unheard } from "./onRead.ts";

/** JPEG with a cosine transform (ITU-T T.81): baseline, extended with 12 bits, progressive; Huffman coded. Colors stay as coded (YCbCr or RGB). Re-implementation from the standard. */
export const jpegDct: Codec = {
  name: "jpeg",
  transferSyntaxes: [
    TransferSyntax.jpegBaseline,
    TransferSyntax.jpegExtended,
    TransferSyntax.jpegSpectralSelection,
    TransferSyntax.jpegFullProgression,
  ],
  decode: (encoded, pixel) => decodeJpegDct(encoded, pixel),
};

/**
 * What the codec does, saying which bytes it reads.
 *
 * @throws DicomError as the codec does.
 */
export function decodeJpegDct(encoded: Uint8Array, pixel: ImagePixel, onRead: OnRead = unheard): PixelArray {
  const { frame, components, quantization } = readJpegDct(encoded, pixel, onRead);
  const storedValues = pixelArray({ ...pixel, isSigned: false }, frame.rows * frame.columns * components.length);
  components.forEach((component, index) => {
    reconstruct(component, quantization[component.quantization], { storedValues, frame, index, step: components.length });
  });
  return asAllocated(storedValues, pixel);
}

/**
 * All coefficients of a stream, from which no values are made yet.
 *
 * @throws DicomError as the codec does.
 */
export function readJpegDct(encoded: Uint8Array, pixel: ImagePixel, onRead: OnRead) {
  const frame = readJpegFrame(encoded);
  checkCodestream(frame, pixel);
  if (frame.process > 0xc2) throw new DicomError("corrupt-pixels", "Expected a baseline, extended or progressive Huffman frame");
  // A block takes at least one bit: no need to ask for memory where too few bits are left.
  if (8 * 64 * encoded.length < frame.rows * frame.columns) throw new DicomError("corrupt-pixels", "A JPEG stream ends before its last block");
  const components = readComponents(encoded, frame);
  requireFewScans(encoded, components);
  return { frame, components, quantization: decodeScans(encoded, { frame, components, onRead }) };
}

function readComponents(encoded: Uint8Array, frame: JpegFrame): Component[] {
  const at = (index: number): number => frame.offset + 6 + 3 * index;
  const parts = Array.from({ length: frame.components }, (_, index) => ({ h: encoded[at(index) + 1]! >> 4, v: encoded[at(index) + 1]! & 15 }));
  if (parts.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) throw new DicomError("corrupt-pixels", "Expected sampling factors from 1 to 4");
  const maxH = minMax(parts.map(({ h }) => h))[1];
  const maxV = minMax(parts.map(({ v }) => v))[1];
  const [across, down] = [Math.ceil(frame.columns / (8 * maxH)), Math.ceil(frame.rows / (8 * maxV))];
  return parts.map(({ h, v }, index) => ({
    id: encoded[at(index)]!,
    h,
    v,
    quantization: encoded[at(index) + 2]! & 3,
    columns: Math.ceil((frame.columns * h) / maxH),
    rows: Math.ceil((frame.rows * v) / maxV),
    blocksAcross: across * h,
    blocksDown: down * v,
    coefficients: new Int16Array(across * h * down * v * 64),
    ratio: [maxV / v, maxH / h],
  }));
}

interface Quantization {
  readonly tables: (Int32Array | undefined)[];
  readonly places: (Place | undefined)[];
}

function decodeScans(
  encoded: Uint8Array,
  { frame, components, onRead }: { readonly frame: JpegFrame; readonly components: readonly Component[]; readonly onRead: OnRead },
) {
  const quantization: Quantization = { tables: [], places: [] };
  const huffman: HuffmanTables = { tables: [], places: [], defined: 0 };
  let [restartInterval, intervalAt] = [0, 0];
  const say = (place: Place | undefined): void => place && onRead.part(...place);
  onRead.part(frame.offset, frame.offset + 6 + 3 * frame.components);
  let scans = 0;
  for (const { marker, content, offset, end } of jpegSegments(encoded)) {
    if (marker === 0xc4) readHuffmanTables(content, huffman, offset);
    else if (marker === 0xdb) readQuantization(content, quantization, offset);
    else if (marker === 0xdd) [restartInterval, intervalAt] = [(content[0] ?? 0) * 256 + (content[1] ?? 0), offset];
    if (marker !== startOfScan) continue;
    scans++;
    const parts = readParts(content, components, huffman);
    const isProgressive = frame.process === 0xc2;
    const [first = 0, last = 0, approximation = 0] = content.subarray(1 + 2 * parts.length);
    const reader = bitReader(encoded, end, { onRead });
    const scan = {
      parts,
      isProgressive,
      start: first,
      end: isProgressive ? last : 63,
      high: approximation >> 4,
      low: approximation & 15,
      restartInterval,
    };
    onRead.part(offset, offset + 4 + 2 * parts.length);
    if (intervalAt > 0) onRead.part(intervalAt, intervalAt + 2);
    parts.forEach(({ component }, index) => {
      const selector = content[2 + 2 * index]!;
      if (scan.start === 0 && scan.high === 0) say(huffman.places[(selector >> 4) & 3]);
      if (scan.end > 0) say(huffman.places[4 + (selector & 3)]);
      say(quantization.places[component.quantization]);
    });
    decodeDctScan(reader, scan);
    reader.finish();
  }
  if (scans === 0) throw new DicomError("corrupt-pixels", "Expected at least one JPEG scan");
  for (const { quantization: index } of components) say(quantization.places[index]);
  return quantization.tables;
}

/**
 * A scan visits each block, though it may hold next to nothing: a small file of many scans would take minutes. Counted before the first is decoded.
 *
 * @throws DicomError `corrupt-pixels`.
 */
function requireFewScans(encoded: Uint8Array, components: readonly Component[]): void {
  const blocks = components.map(({ id, blocksAcross, blocksDown }) => ({ id, count: blocksAcross * blocksDown }));
  let visits = 1_000_000 + 12 * blocks.reduce((sum, { count }) => sum + count, 0);
  for (const { marker, content } of jpegSegments(encoded)) {
    if (marker !== startOfScan) continue;
    for (let index = 0; index < Math.min(content[0] ?? 0, 4); index++) visits -= blocks.find(({ id }) => id === content[1 + 2 * index])?.count ?? 0;
    if (visits < 0) throw new DicomError("corrupt-pixels", "Expected at most a dozen JPEG scans of all blocks");
  }
}

/** The components of a scan with their tables (T.81 B.2.3). */
function readParts(header: Uint8Array, components: readonly Component[], huffman: HuffmanTables): DctScan["parts"] {
  const count = header[0] ?? 0;
  if (count < 1 || count > 4 || header.length < 4 + 2 * count) throw new DicomError("corrupt-pixels", "Expected a JPEG scan header");
  return Array.from({ length: count }, (_, index) => {
    const component = components.find(({ id }) => id === header[1 + 2 * index]);
    const selector = header[2 + 2 * index]!;
    if (component === undefined) throw new DicomError("corrupt-pixels", "A JPEG scan names a component that is not there");
    return { component, dc: huffman.tables[(selector >> 4) & 3], ac: huffman.tables[4 + (selector & 3)] };
  });
}

/** Table entries are in zigzag order, 8 or 16 bits each. */
function readQuantization(segment: Uint8Array, { tables, places }: Quantization, offset: number): void {
  let at = 0;
  while (at < segment.length) {
    const wide = segment[at]! >> 4 ? 2 : 1;
    const table = new Int32Array(64);
    if (at + 1 + 64 * wide > segment.length) throw new DicomError("corrupt-pixels", "Expected a quantization table");
    for (let k = 0; k < 64; k++) table[k] = wide === 1 ? segment[at + 1 + k]! : segment[at + 1 + 2 * k]! * 256 + segment[at + 2 + 2 * k]!;
    tables[segment[at]! & 3] = table;
    places[segment[at]! & 3] = [offset + at, offset + at + 1 + 64 * wide];
    at += 1 + 64 * wide;
  }
}

// The zigzag order of T.81 figure A.6.
const zigzag = Uint8Array.from(
  "0 1 8 16 9 2 3 10 17 24 32 25 18 11 4 5 12 19 26 33 40 48 41 34 27 20 13 6 7 14 21 28 35 42 49 56 57 50 43 36 29 22 15 23 30 37 44 51 58 59 52 45 38 31 39 46 53 60 61 54 47 55 62 63".split(
    " ",
  ),
  Number,
);

interface Target {
  readonly storedValues: { [index: number]: number };
  readonly frame: JpegFrame;
  /** The component's place among the `step` stored values of a pixel. */
  readonly index: number;
  readonly step: number;
}

/** One component's blocks into every `step`-th stored value, a line of blocks at a time. */
function reconstruct(component: Component, table: Int32Array | undefined, target: Target): void {
  if (table === undefined) throw new DicomError("corrupt-pixels", "A JPEG component names a quantization table that is not there");
  const { blocksAcross, blocksDown, coefficients } = component;
  const stride = 8 * blocksAcross;
  const band = new Uint16Array(stride * 8);
  const block = new Int32Array(64);
  for (let y = 0; y < blocksDown; y++) {
    for (let x = 0; x < blocksAcross; x++) {
      const from = (y * blocksAcross + x) * 64;
      for (let k = 0; k < 64; k++) block[zigzag[k]!] = coefficients[from + k]! * table[k]!;
      inverseDct(block, { out: band, at: 8 * x, stride, precision: target.frame.precision });
    }
    copyBand(band, y, component, target);
  }
}

/** The rows of the frame that lie in a line of blocks; subsampled ones are repeated. */
function copyBand(band: Uint16Array, y: number, { ratio, blocksAcross }: Component, { storedValues, frame, index, step }: Target): void {
  const [down, across] = ratio;
  const last = Math.min(frame.rows, Math.ceil(8 * (y + 1) * down));
  for (let row = Math.ceil(8 * y * down); row < last; row++) {
    const from = (Math.floor(row / down) - 8 * y) * 8 * blocksAcross;
    const to = row * frame.columns * step + index;
    for (let column = 0; column < frame.columns; column++)
      storedValues[to + column * step] = band[from + (across === 1 ? column : Math.floor(column / across))]!;
  }
}
