import { DicomError } from "../dicomError.ts";
import type { BitReader } from "./bitReader.ts";
import type { HuffmanTable } from "./jpegHuffman.ts";

/** One component of a DCT frame: its sampling, and the coefficients of its blocks in zigzag order. */
export interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly quantization: number;
  readonly columns: number;
  readonly rows: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly coefficients: Int16Array;
  /** Pixels of the frame a sample of this component covers (down, across). */
  readonly ratio: readonly [number, number];
}

interface Part {
  readonly component: Component;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
}

/** A scan of a DCT frame, by its header (T.81 B.2.3). */
export interface DctScan {
  readonly parts: readonly Part[];
  readonly isProgressive: boolean;
  /** Spectral selection and successive approximation (T.81 G.1.1). */
  readonly start: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
  readonly restartInterval: number;
}

/** Decodes one scan into the coefficients of its components (T.81 annexes F and G). */
export function decodeDctScan(reader: BitReader, scan: DctScan): void {
  const { parts, restartInterval } = scan;
  if (scan.start > 63 || scan.end > 63 || scan.end < scan.start || scan.low > 13)
    throw new DicomError("corrupt-pixels", "Expected a JPEG scan of 64 coefficients");
  const state = { predictions: new Int32Array(parts.length), endOfBand: 0 };
  let left = restartInterval;
  const unit = (decode: () => void): void => {
    if (restartInterval > 0 && left-- === 0) {
      reader.restart();
      state.predictions.fill(0);
      state.endOfBand = 0;
      left = restartInterval - 1;
    }
    decode();
  };
  if (parts.length === 1) {
    // A component alone: its own blocks, without the padding to whole units.
    const { component } = parts[0]!;
    const [across, down] = [Math.ceil(component.columns / 8), Math.ceil(component.rows / 8)];
    for (let y = 0; y < down; y++)
      for (let x = 0; x < across; x++) unit(() => decodeBlock(reader, scan, state, { index: 0, block: y * component.blocksAcross + x }));
    return;
  }
  const { component: first } = parts[0]!;
  const [across, down] = [first.blocksAcross / first.h, first.blocksDown / first.v];
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      unit(() => {
        parts.forEach(({ component }, index) => {
          for (let v = 0; v < component.v; v++)
            for (let h = 0; h < component.h; h++)
              decodeBlock(reader, scan, state, { index, block: (y * component.v + v) * component.blocksAcross + x * component.h + h });
        });
      });
    }
  }
}

interface State {
  readonly predictions: Int32Array;
  endOfBand: number;
}

function decodeBlock(reader: BitReader, scan: DctScan, state: State, place: { readonly index: number; readonly block: number }): void {
  const part = scan.parts[place.index]!;
  const { coefficients } = part.component;
  const at = place.block * 64;
  if (scan.start === 0) {
    if (scan.high === 0) {
      const category = reader.symbol(present(part.dc));
      if (category > 15) throw new DicomError("corrupt-pixels", "Expected a difference of at most 15 bits");
      coefficients[at] = (state.predictions[place.index]! += reader.signed(category)) << scan.low;
    } else coefficients[at]! |= reader.bits(1) << scan.low;
  }
  if (scan.end === 0) return;
  if (!scan.isProgressive) sequential(reader, present(part.ac), coefficients, at);
  else if (scan.high === 0) firstPass(reader, scan, state, { table: present(part.ac), coefficients, at });
  else refine(reader, scan, state, { table: present(part.ac), coefficients, at });
}

function present(table: HuffmanTable | undefined): HuffmanTable {
  if (table === undefined) throw new DicomError("corrupt-pixels", "A JPEG scan names a Huffman table that is not there");
  return table;
}

function sequential(reader: BitReader, table: HuffmanTable, coefficients: Int16Array, at: number): void {
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(table);
    const size = symbol & 15;
    if (size === 0) {
      if (symbol < 0xf0) return;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw new DicomError("corrupt-pixels", "A JPEG block has more than 64 coefficients");
    coefficients[at + k] = reader.signed(size);
  }
}

interface Band {
  readonly table: HuffmanTable;
  readonly coefficients: Int16Array;
  readonly at: number;
}

/** T.81 G.1.2.2. */
function firstPass(reader: BitReader, scan: DctScan, state: State, { table, coefficients, at }: Band): void {
  if (state.endOfBand > 0) {
    state.endOfBand--;
    return;
  }
  for (let k = Math.max(scan.start, 1); k <= scan.end; k++) {
    const symbol = reader.symbol(table);
    const [run, size] = [symbol >> 4, symbol & 15];
    if (size === 0) {
      if (run < 15) {
        state.endOfBand = (1 << run) - 1 + reader.bits(run);
        return;
      }
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw new DicomError("corrupt-pixels", "A JPEG block has more than 64 coefficients");
    coefficients[at + k] = reader.signed(size) << scan.low;
  }
}

/** T.81 G.1.2.3: corrections for what is known already, and coefficients that become 1 or -1 in the bit of this scan. */
function refine(reader: BitReader, scan: DctScan, state: State, { table, coefficients, at }: Band): void {
  const bit = 1 << scan.low;
  const correct = (index: number): void => {
    if (reader.bits(1) === 1 && (coefficients[index]! & bit) === 0) coefficients[index]! += coefficients[index]! >= 0 ? bit : -bit;
  };
  let k = Math.max(scan.start, 1);
  if (state.endOfBand === 0) {
    for (; k <= scan.end; k++) {
      const symbol = reader.symbol(table);
      let run = symbol >> 4;
      let value = 0;
      if ((symbol & 15) !== 0) value = reader.bits(1) === 1 ? bit : -bit;
      else if (run < 15) {
        state.endOfBand = (1 << run) + reader.bits(run);
        break;
      }
      for (; k <= scan.end; k++) {
        if (coefficients[at + k] !== 0) correct(at + k);
        else if (run-- === 0) break;
      }
      if (value !== 0 && k <= 63) coefficients[at + k] = value;
    }
  }
  if (state.endOfBand > 0) {
    for (; k <= scan.end; k++) if (coefficients[at + k] !== 0) correct(at + k);
    state.endOfBand--;
  }
}
