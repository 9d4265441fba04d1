import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { type BitReader, bitReader } from "./bitReader.ts";
import { asAllocated, type Codec, type PixelArray, pixelArray } from "./codec.ts";
import { checkCodestream, type JpegFrame, readJpegFrame } from "./jpegFrame.ts";
import { type HuffmanTable, type HuffmanTables, type Place, readHuffmanTables } from "./jpegHuffman.ts";
import { jpegSegments, startOfScan } from "./jpegSegments.ts";
import { type OnRead, unheard } from "./onRead.ts";

/**
 * JPEG Lossless, process 14 (ITU-T T.81 annex H): Huffman-coded differences to one of seven predictors. The commonest compression of mammograms.
 *
 * Re-implementation from the standard: a 16-bit look-ahead table decodes code and difference category in one step.
 */
export const jpegLossless: Codec = {
  name: "jpeg-lossless",
  transferSyntaxes: [TransferSyntax.jpegLosslessSv1, TransferSyntax.jpegLossless],
  decode: (encoded, pixel) => decodeJpegLossless(encoded, pixel),
};

/**
 * What the codec does, saying which bytes it reads.
 *
 * @throws DicomError as the codec does.
 */
export function decodeJpegLossless(encoded: Uint8Array, pixel: ImagePixel, onRead: OnRead = unheard): PixelArray {
  const frame = readJpegFrame(encoded);
  checkCodestream(frame, pixel);
  if (frame.process !== 0xc3) throw new DicomError("corrupt-pixels", "Expected a lossless Huffman frame (SOF3)");
  const { rows, columns, components } = frame;
  // A Huffman code has at least one bit: no need to ask for memory where too few are left.
  if (8 * encoded.length < rows * columns * components) throw new DicomError("corrupt-pixels", "A JPEG stream ends before its last pixel");
  // Predictors work on unsigned samples; signed stored values are the same bits.
  const storedValues = pixelArray({ ...pixel, isSigned: false }, rows * columns * components);
  const huffman: HuffmanTables = { tables: [], places: [], defined: 0 };
  const ids = Array.from({ length: components }, (_, index) => encoded[frame.offset + 6 + 3 * index]!);
  if (ids.some((_, index) => encoded[frame.offset + 7 + 3 * index] !== 0x11))
    throw new DicomError("corrupt-pixels", "Expected components without subsampling");
  let [restartInterval, intervalAt] = [0, 0];
  let done = 0;
  onRead.part(frame.offset, frame.offset + 6 + 3 * components);
  for (const { marker, content, offset, end } of jpegSegments(encoded)) {
    if (marker === 0xc4) readHuffmanTables(content, huffman, offset);
    if (marker === 0xdd) [restartInterval, intervalAt] = [content[0]! * 256 + content[1]!, offset];
    if (marker !== startOfScan) continue;
    const scan = readScanHeader(content, { frame, ids, huffman });
    onRead.part(offset, offset + 4 + 2 * scan.offsets.length);
    if (intervalAt > 0) onRead.part(intervalAt, intervalAt + 2);
    for (const [from, to] of scan.places) onRead.part(from, to);
    decodeScan(bitReader(encoded, end, { padding: 64, onRead }), { ...scan, storedValues, rows, columns, components, restartInterval });
    done += scan.offsets.length;
    if (done >= components) break;
  }
  if (done < components) throw new DicomError("corrupt-pixels", "A JPEG stream ends before its last scan");
  return asAllocated(storedValues, pixel);
}

/** What a scan's header says (T.81 B.2.3): its components, their tables and how they are predicted. */
interface ScanHeader {
  readonly predictor: number;
  readonly pointTransform: number;
  readonly initial: number;
  readonly offsets: readonly number[];
  readonly tables: readonly HuffmanTable[];
  /** Of the tables. */
  readonly places: readonly Place[];
}

function readScanHeader(
  header: Uint8Array,
  { frame, ids, huffman }: { readonly frame: JpegFrame; readonly ids: readonly number[]; readonly huffman: HuffmanTables },
): ScanHeader {
  const count = header[0] ?? 0;
  if (count < 1 || count > frame.components || header.length < 4 + 2 * count) throw new DicomError("corrupt-pixels", "Expected a JPEG scan header");
  const offsets = Array.from({ length: count }, (_, index) => ids.indexOf(header[1 + 2 * index]!));
  const indices = offsets.map((_, index) => (header[2 + 2 * index]! >> 4) & 3);
  const tables = indices.map((index) => huffman.tables[index]).filter((table) => table !== undefined);
  if (offsets.some((offset) => offset < 0) || tables.length < count)
    throw new DicomError("corrupt-pixels", "A JPEG scan names a component or table that is not there");
  const predictor = header[1 + 2 * count]!;
  const pointTransform = header[3 + 2 * count]! & 15;
  if (predictor < 1 || predictor > 7 || pointTransform >= frame.precision) throw new DicomError("corrupt-pixels", "Expected predictor 1 to 7");
  return {
    predictor,
    pointTransform,
    initial: 1 << (frame.precision - pointTransform - 1),
    offsets,
    tables,
    places: indices.map((index) => huffman.places[index]!),
  };
}

interface Scan extends ScanHeader {
  readonly storedValues: { [index: number]: number };
  readonly rows: number;
  readonly columns: number;
  /** Of the frame. */
  readonly components: number;
  readonly restartInterval: number;
}

/** The pixels of one scan: a plane at a time for one component, pixel by pixel for several, the order in which the differences stand. */
function decodeScan(reader: BitReader, scan: Scan): void {
  const { rows, columns, restartInterval, offsets, tables } = scan;
  const differences = new Int32Array(columns * offsets.length);
  let untilRestart = restartInterval;
  let firstRow = 0; // Rows are predicted from the left only until one whole row is known.
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; ) {
      const isFirst = (row === 0 && column === 0) || (restartInterval > 0 && untilRestart === 0);
      if (restartInterval > 0 && untilRestart === 0) {
        reader.restart();
        untilRestart = restartInterval;
        firstRow = row;
      }
      const run = restartInterval > 0 ? Math.min(untilRestart, columns - column) : columns - column;
      reader.differences(tables, differences, run * offsets.length);
      offsets.forEach((offset, part) => {
        predictRun(scan, { differences, part, step: offsets.length }, { row, column, run, offset, isFirst, isFirstRow: row === firstRow });
      });
      untilRestart -= run;
      column += run;
    }
  }
  reader.finish();
}

/** Where a run of pixels of one component stands. */
interface Run {
  readonly row: number;
  readonly column: number;
  readonly run: number;
  readonly offset: number;
  /** It begins the scan or a restart interval. */
  readonly isFirst: boolean;
  readonly isFirstRow: boolean;
}

/** Differences -> stored values, by the scan's predictor (T.81 table H.1). */
function predictRun(
  { storedValues, columns, components, predictor, pointTransform, initial }: Scan,
  { differences, part, step }: { readonly differences: Int32Array; readonly part: number; readonly step: number },
  { row, column, run, offset, isFirst, isFirstRow }: Run,
): void {
  const stride = columns * components;
  const begin = (row * columns + column) * components + offset;
  const end = begin + run * components;
  let left = column > 0 ? storedValues[begin - components]! >> pointTransform : initial;
  // The run's first pixel may have nothing to its left.
  let prediction = isFirst ? initial : column > 0 || isFirstRow ? left : storedValues[begin - stride]! >> pointTransform;
  const isFromLeft = isFirstRow || predictor === 1;
  for (let index = begin, from = part; index < end; index += components, from += step) {
    if (index > begin || (column > 0 && !isFirst)) {
      if (isFromLeft) prediction = left;
      else {
        const above = storedValues[index - stride]! >> pointTransform;
        const corner = storedValues[index - stride - components]! >> pointTransform;
        if (predictor === 2) prediction = above;
        else if (predictor === 3) prediction = corner;
        else if (predictor === 4) prediction = left + above - corner;
        else if (predictor === 5) prediction = left + ((above - corner) >> 1);
        else if (predictor === 6) prediction = above + ((left - corner) >> 1);
        else prediction = (left + above) >> 1;
      }
    }
    storedValues[index] = ((prediction + differences[from]!) & 0xffff) << pointTransform;
    left = storedValues[index]! >> pointTransform;
  }
}
