import type { Grid } from "@mammo/mammogram";
import type { PixelArray } from "../../dicom/codecs/codec.ts";

/**
 * Stored values -> brightness by `lut` -> means over blocks of `scale` (row, column) source pixels, with fractions of pixels at block edges: what a detector with larger pixels would have seen, so that no calcification falls between samples.
 *
 * The last row and column average what is left of the source. Signed stored values index it by their bits. A scale below 1 repeats pixels.
 */
export function areaAverage(
  source: { readonly storedValues: PixelArray; readonly rows: number; readonly columns: number; readonly lut: Float32Array },
  scale: readonly [row: number, column: number],
): Grid {
  const { lut, rows: sourceRows, columns: sourceColumns } = source;
  const storedValues = unsigned(source.storedValues);
  const [rowScale, columnScale] = scale;
  const rows = Math.max(1, Math.ceil(sourceRows / rowScale - 1e-9));
  const columns = Math.max(1, Math.ceil(sourceColumns / columnScale - 1e-9));
  const pixels = new Float32Array(rows * columns);
  const across = spans(columns, columnScale, sourceColumns);
  const down = spans(rows, rowScale, sourceRows);
  const line = new Float32Array(columns);
  let ready = -1; // Which source row `line` holds: a row on the edge of two blocks is summed once.
  for (let row = 0; row < rows; row++) {
    const [first, last] = [down.first[row]!, down.last[row]!];
    for (let y = first; y <= last; y++) {
      if (y !== ready) sumLine(storedValues, lut, { start: y * sourceColumns, across, line });
      ready = y;
      const weight = (y === first ? down.firstWeight[row]! : y === last ? down.lastWeight[row]! : 1) * down.inverse[row]!;
      const at = row * columns;
      for (let column = 0; column < columns; column++) pixels[at + column]! += weight * line[column]!;
    }
  }
  return { pixels, rows, columns };
}

const unsigned = (storedValues: PixelArray): Uint8Array | Uint16Array =>
  storedValues.BYTES_PER_ELEMENT === 1
    ? new Uint8Array(storedValues.buffer, storedValues.byteOffset, storedValues.length)
    : new Uint16Array(storedValues.buffer, storedValues.byteOffset, storedValues.length);

interface Spans {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly firstWeight: Float32Array;
  readonly lastWeight: Float32Array;
  readonly inverse: Float32Array;
}

/** Block k covers [k scale, (k + 1) scale) of the source: its first and last pixel, their covered parts, and 1 / length. */
function spans(count: number, scale: number, limit: number): Spans {
  const made = {
    first: new Int32Array(count),
    last: new Int32Array(count),
    firstWeight: new Float32Array(count),
    lastWeight: new Float32Array(count),
    inverse: new Float32Array(count),
  };
  for (let index = 0; index < count; index++) {
    const from = index * scale;
    const to = Math.min((index + 1) * scale, limit);
    const first = Math.min(Math.floor(from), limit - 1);
    const last = Math.max(first, Math.min(Math.ceil(to - 1e-9) - 1, limit - 1));
    made.first[index] = first;
    made.last[index] = last;
    made.firstWeight[index] = Math.min(first + 1, to) - from;
    made.lastWeight[index] = to - last;
    made.inverse[index] = 1 / (to - from);
  }
  return made;
}

/** One source row -> its block means across. The hot loop: one look-up and one addition a source pixel. */
function sumLine(
  storedValues: Uint8Array | Uint16Array,
  lut: Float32Array,
  options: { readonly start: number; readonly across: Spans; readonly line: Float32Array },
): void {
  const { start, line } = options;
  const { first, last, firstWeight, lastWeight, inverse } = options.across;
  for (let column = 0; column < line.length; column++) {
    const end = start + last[column]!;
    let at = start + first[column]!;
    let sum = firstWeight[column]! * lut[storedValues[at]!]!;
    for (at++; at < end; at++) sum += lut[storedValues[at]!]!;
    if (at === end) sum += lastWeight[column]! * lut[storedValues[at]!]!;
    line[column] = sum * inverse[column]!;
  }
}
