import { TransferSyntax } from "../transferSyntax.ts";
import { DicomError } from "../dicomError.ts";
import { asAllocated, type Codec, pixelArray } from "./codec.ts";
import { type HuffmanTable, type HuffmanTables, readHuffmanTables } from "./jpegHuffman.ts";
import { checkCodestream, readJpegFrame } from "./jpegFrame.ts";

/**
 * JPEG Lossless, process 14 (ITU-T T.81 annex H): Huffman-coded differences to one of seven predictors. The commonest compression of mammograms.
 *
 * Re-implementation from the standard: a 16-bit look-ahead table decodes code and difference category in one step.
 */
export const jpegLossless: Codec = {
  name: "jpeg-lossless",
  transferSyntaxes: [TransferSyntax.jpegLosslessSv1, TransferSyntax.jpegLossless],
  decode(encoded, pixel) {
    const frame = readJpegFrame(encoded);
    checkCodestream(frame, pixel);
    if (frame.process !== 0xc3) throw new DicomError("corrupt-pixels", "Expected a lossless Huffman frame (SOF3)");
    const { rows, columns, components } = frame;
    // A Huffman code has at least one bit: no need to ask for memory where too few are left.
    if (8 * encoded.length < rows * columns * components) throw new DicomError("corrupt-pixels", "A JPEG stream ends before its last pixel");
    // Predictors work on unsigned samples; signed cells are the same bits.
    const cells = pixelArray({ ...pixel, isSigned: false }, rows * columns * components);
    const huffman: HuffmanTables = { tables: [], defined: 0 };
    const ids = Array.from({ length: components }, (_, index) => encoded[frame.offset + 6 + 3 * index]!);
    if (ids.some((_, index) => encoded[frame.offset + 7 + 3 * index] !== 0x11))
      throw new DicomError("corrupt-pixels", "Expected components without subsampling");
    let restartInterval = 0;
    let done = 0;
    let at = 2;
    while (at + 3 < encoded.length && done < components) {
      if (encoded[at] !== 0xff || encoded[at + 1] === 0xff) {
        at++;
        continue;
      }
      const marker = encoded[at + 1]!;
      if (marker === 0xd9) break;
      if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
        at += 2;
        continue;
      }
      const length = encoded[at + 2]! * 256 + encoded[at + 3]!;
      const segment = encoded.subarray(at + 4, at + 2 + length);
      at += 2 + Math.max(length, 2);
      if (marker === 0xc4) readHuffmanTables(segment, huffman);
      if (marker === 0xdd) restartInterval = segment[0]! * 256 + segment[1]!;
      if (marker !== 0xda) continue;
      const count = segment[0]!;
      if (count < 1 || count > components || segment.length < 4 + 2 * count) throw new DicomError("corrupt-pixels", "Expected a JPEG scan header");
      const scan = Array.from({ length: count }, (_, index) => ({
        component: ids.indexOf(segment[1 + 2 * index]!),
        table: huffman.tables[(segment[2 + 2 * index]! >> 4) & 3],
      }));
      if (scan.some(({ component, table }) => component < 0 || table === undefined))
        throw new DicomError("corrupt-pixels", "A JPEG scan names a component or table that is not there");
      const predictor = segment[1 + 2 * count]!;
      const pointTransform = segment[3 + 2 * count]! & 15;
      if (predictor < 1 || predictor > 7 || pointTransform >= frame.precision) throw new DicomError("corrupt-pixels", "Expected predictor 1 to 7");
      at = decodeScan(encoded, at, {
        cells,
        rows,
        columns,
        components,
        predictor,
        pointTransform,
        restartInterval,
        initial: 1 << (frame.precision - pointTransform - 1),
        offsets: scan.map(({ component }) => component),
        tables: scan.map(({ table }) => table!),
      });
      done += count;
    }
    if (done < components) throw new DicomError("corrupt-pixels", "A JPEG stream ends before its last scan");
    return asAllocated(cells, pixel);
  },
};

interface Scan {
  readonly cells: { [index: number]: number; readonly length: number };
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly predictor: number;
  readonly pointTransform: number;
  readonly restartInterval: number;
  readonly initial: number;
  readonly offsets: readonly number[];
  readonly tables: readonly HuffmanTable[];
}

/** Decodes one scan from `at`; returns where the next marker stands. */
function decodeScan(encoded: Uint8Array, at: number, scan: Scan): number {
  const { cells, rows, columns, components, predictor, pointTransform, restartInterval, offsets } = scan;
  const stride = columns * components;
  const end = encoded.length;
  let bits = 0; // The next `available` bits are the low ones.
  let available = 0;
  let padded = 0;
  let untilRestart = restartInterval;
  let fresh = true; // The first pixel of the scan or of a restart interval.
  let freshRow = 0; // Rows are predicted from the left only until one whole row is known.

  // A plane at a time for one component, pixel by pixel for several: the order in which the differences stand.
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (restartInterval > 0 && untilRestart-- === 0) {
        bits = available = padded = 0;
        while (at + 1 < end && !(encoded[at] === 0xff && encoded[at + 1]! >= 0xd0 && encoded[at + 1]! <= 0xd7)) at++;
        if (at + 1 >= end) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last restart");
        at += 2;
        untilRestart = restartInterval - 1;
        fresh = true;
        freshRow = row;
      }
      for (let part = 0; part < offsets.length; part++) {
        const index = row * stride + column * components + offsets[part]!;
        while (available <= 16) {
          let byte = 0;
          if (at < end) {
            byte = encoded[at]!;
            if (byte !== 0xff) at++;
            else if (encoded[at + 1] === 0) at += 2;
            else {
              byte = 0; // A marker: nothing more to read; zeros until the scan is full or plainly too short.
              padded += 8;
            }
          } else padded += 8;
          bits = (bits << 8) | byte;
          available += 8;
        }
        if (padded > available + 64) throw new DicomError("corrupt-pixels", "A JPEG scan ends before its last pixel");
        const entry = scan.tables[part]![(bits >>> (available - 16)) & 0xffff]!;
        if (entry === 0) throw new DicomError("corrupt-pixels", "Expected a Huffman code of the table");
        available -= entry >> 8;
        const category = entry & 255;
        let difference = 0;
        if (category > 16) throw new DicomError("corrupt-pixels", "Expected a difference of at most 16 bits");
        if (category === 16) difference = 32768;
        else if (category > 0) {
          while (available < category) {
            let byte = 0;
            if (at < end) {
              byte = encoded[at]!;
              if (byte !== 0xff) at++;
              else if (encoded[at + 1] === 0) at += 2;
              else {
                byte = 0;
                padded += 8;
              }
            } else padded += 8;
            bits = (bits << 8) | byte;
            available += 8;
          }
          available -= category;
          const extra = (bits >>> available) & ((1 << category) - 1);
          difference = extra < 1 << (category - 1) ? extra - (1 << category) + 1 : extra;
        }
        let prediction: number;
        if (fresh) prediction = scan.initial;
        else if (row === freshRow) prediction = column > 0 ? cells[index - components]! >> pointTransform : scan.initial;
        else if (column === 0) prediction = cells[index - stride]! >> pointTransform;
        else if (predictor === 1) prediction = cells[index - components]! >> pointTransform;
        else {
          const left = cells[index - components]! >> pointTransform;
          const above = cells[index - stride]! >> pointTransform;
          const corner = cells[index - stride - components]! >> pointTransform;
          if (predictor === 2) prediction = above;
          else if (predictor === 3) prediction = corner;
          else if (predictor === 4) prediction = left + above - corner;
          else if (predictor === 5) prediction = left + ((above - corner) >> 1);
          else if (predictor === 6) prediction = above + ((left - corner) >> 1);
          else prediction = (left + above) >> 1;
        }
        cells[index] = ((prediction + difference) & 0xffff) << pointTransform;
      }
      fresh = false;
    }
  }
  return at;
}
