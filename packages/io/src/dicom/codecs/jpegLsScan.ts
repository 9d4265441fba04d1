import { DicomError } from "../dicomError.ts";
import { jpegLsBits } from "./jpegLsBits.ts";
import type { Presets } from "./jpegLsPresets.ts";
import type { OnRead } from "./onRead.ts";

/** T.87 figure A.16: how many bits a run's length grows by. */
const runBits = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

interface Scan {
  readonly storedValues: { [index: number]: number };
  readonly rows: number;
  readonly columns: number;
  /** Of the frame: stored values of one component lie so far apart. */
  readonly components: number;
  readonly offsets: readonly number[];
  /** All components of a pixel before the next pixel; else line by line. */
  readonly bySample: boolean;
  readonly presets: Presets;
  readonly onRead: OnRead;
}

/** Decodes one scan, whose data begin at `start` (T.87 annex A). */
export function decodeJpegLsScan(encoded: Uint8Array, start: number, scan: Scan): void {
  const { storedValues, rows, columns, components, offsets, bySample } = scan;
  const { max, t1, t2, t3, reset, near } = scan.presets;
  const step = 2 * near + 1;
  const range = Math.floor((max + 2 * near) / step) + 1;
  const errorBits = Math.ceil(Math.log2(range));
  const depth = Math.max(2, Math.ceil(Math.log2(max + 1)));
  const limit = 2 * (depth + Math.max(8, depth));
  const read = jpegLsBits(encoded, start);

  // Contexts 0 to 364 are the regular ones, 365 and 366 those of a broken run.
  const a = new Int32Array(367).fill(Math.max(2, (range + 32) >> 6));
  const b = new Int32Array(365);
  const c = new Int32Array(365);
  const n = new Int32Array(367).fill(1);
  const negatives = new Int32Array(2);

  const quantize = (d: number): number => {
    if (d <= -t3) return -4;
    if (d <= -t2) return -3;
    if (d <= -t1) return -2;
    if (d < -near) return -1;
    if (d <= near) return 0;
    if (d < t1) return 1;
    if (d < t2) return 2;
    return d < t3 ? 3 : 4;
  };
  const golomb = (context: number, sum: number): number => {
    let k = 0;
    while (n[context]! << k < sum && k < 24) k++;
    return k;
  };
  const mapped = (k: number, most: number): number => {
    const zeros = read.zeros(most - errorBits);
    return zeros < most - errorBits - 1 ? zeros * 2 ** k + read.bits(k) : read.bits(errorBits) + 1;
  };
  /** Prediction and error -> sample, modulo the range, within 0 and the maximum. */
  const sample = (prediction: number, error: number): number => {
    let value = prediction + error * step;
    if (value < -near) value += range * step;
    else if (value > max + near) value -= range * step;
    return Math.min(Math.max(value, 0), max);
  };
  const regular = (context: number, sign: number, neighbors: { readonly ra: number; readonly rb: number; readonly rc: number }): number => {
    const { ra, rb, rc } = neighbors;
    const low = Math.min(ra, rb);
    const high = Math.max(ra, rb);
    const edge = rc >= high ? low : rc <= low ? high : ra + rb - rc;
    const prediction = Math.min(Math.max(edge + sign * c[context]!, 0), max);
    const k = golomb(context, a[context]!);
    const code = mapped(k, limit);
    let error = code % 2 === 0 ? code / 2 : -(code + 1) / 2;
    if (near === 0 && k === 0 && 2 * b[context]! <= -n[context]!) error = -error - 1;
    a[context]! += Math.abs(error);
    b[context]! += error * step;
    if (n[context] === reset) {
      a[context]! >>= 1;
      b[context]! >>= 1;
      n[context]! >>= 1;
    }
    n[context]!++;
    if (b[context]! <= -n[context]!) {
      b[context] = Math.max(b[context]! + n[context]!, 1 - n[context]!);
      if (c[context]! > -128) c[context]!--;
    } else if (b[context]! > 0) {
      b[context] = Math.min(b[context]! - n[context]!, 0);
      if (c[context]! < 127) c[context]!++;
    }
    return sample(prediction, sign * error);
  };
  const interrupted = (type: 0 | 1, runIndex: number): number => {
    const context = 365 + type;
    const k = golomb(context, a[context]! + (type === 1 ? n[context]! >> 1 : 0));
    const code = mapped(k, limit - runBits[runIndex]! - 1);
    const folded = code + type;
    const isOdd = folded % 2 === 1;
    const size = (folded + (isOdd ? 1 : 0)) / 2;
    const error = (k !== 0 || 2 * negatives[type]! >= n[context]!) === isOdd ? -size : size;
    if (error < 0) negatives[type]!++;
    a[context]! += (code + 1 - type) >> 1;
    if (n[context] === reset) {
      a[context]! >>= 1;
      n[context]! >>= 1;
      negatives[type]! >>= 1;
    }
    n[context]!++;
    return error;
  };

  // One line above and the current one for each component, with a sample of margin at both ends.
  const width = columns + 2;
  const lines = offsets.map(() => [new Int32Array(width), new Int32Array(width)] as [Int32Array, Int32Array]);
  const runIndices = new Int32Array(offsets.length);
  const gradients = (above: Int32Array, line: Int32Array, x: number): number =>
    (quantize(above[x + 1]! - above[x]!) * 9 + quantize(above[x]! - above[x - 1]!)) * 9 + quantize(above[x - 1]! - line[x - 1]!);

  /** The columns of one line, for the components of `group` together. */
  const decodeLine = (group: readonly number[]): void => {
    const pairs = group.map((index) => lines[index]!);
    const [index0] = group as [number];
    for (const [above, line] of pairs) {
      line[0] = above[1]!;
      above[width - 1] = above[width - 2]!;
    }
    let x = 1;
    while (x <= columns) {
      const contexts = pairs.map(([above, line]) => gradients(above, line, x));
      if (contexts.some((context) => context !== 0)) {
        pairs.forEach(([above, line], part) => {
          const context = contexts[part]!;
          line[x] = regular(Math.abs(context), context < 0 ? -1 : 1, { ra: line[x - 1]!, rb: above[x]!, rc: above[x - 1]! });
        });
        x++;
        continue;
      }
      const from = x;
      let isWhole = false;
      while (read.bits(1) === 1) {
        const chunk = 1 << runBits[runIndices[index0]!]!;
        const count = Math.min(chunk, columns + 1 - x);
        x += count;
        if (count === chunk && runIndices[index0]! < 31) runIndices[index0]!++;
        isWhole = x > columns;
        if (isWhole) break;
      }
      if (!isWhole) x += read.bits(runBits[runIndices[index0]!]!);
      if (x > columns + 1) throw new DicomError("corrupt-pixels", "A JPEG-LS run is longer than its line");
      for (const [, line] of pairs) line.fill(line[from - 1]!, from, x);
      if (x > columns) continue;
      for (const [above, line] of pairs) {
        const [ra, rb] = [line[x - 1]!, above[x]!];
        // Interleaved by sample, all components share the one context of different neighbors.
        if (pairs.length === 1 && Math.abs(ra - rb) <= near) line[x] = sample(ra, interrupted(1, runIndices[index0]!));
        else line[x] = sample(rb, interrupted(0, runIndices[index0]!) * (rb >= ra ? 1 : -1));
      }
      if (runIndices[index0]! > 0) runIndices[index0]!--;
      x++;
    }
  };

  const groups = bySample ? [offsets.map((_, index) => index)] : offsets.map((_, index) => [index]);
  for (let row = 0; row < rows; row++) {
    for (const group of groups) decodeLine(group);
    offsets.forEach((offset, index) => {
      const pair = lines[index]!;
      const line = pair[1];
      const to = row * columns * components + offset;
      for (let x = 0; x < columns; x++) storedValues[to + x * components] = line[x + 1]!;
      pair.reverse();
    });
  }
  scan.onRead.data(start, read.end());
}
