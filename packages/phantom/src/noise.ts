import { keyedRandom, type Random } from "@mammo/mammogram";

const tableSize = 1 << 16;
let cachedTable: Float32Array | undefined;

/** 65,536 near-normal numbers (deviation 1), always the same: rows of noise are read from it at random places, which is much cheaper than to draw new ones. */
export function normalTable(): Float32Array {
  if (cachedTable) return cachedTable;
  const random = keyedRandom("normal table");
  cachedTable = Float32Array.from({ length: tableSize }, () => random.normal());
  return cachedTable;
}

/** A place in the table of normal numbers. */
export function tablePlace(random: Random): number {
  return random.bits() & (tableSize - 1);
}

/** Index mask of the table of normal numbers. */
export const tableMask = tableSize - 1;

/** A field of numbers on a grid, row-major. */
export interface Field {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/**
 * A random field with a power spectrum near f^-beta, deviation about 1, made from coarse to fine: double the grid, add new noise to it.
 *
 * An octave at spacing s holds the variance of s^(beta-2), so each finer level is weaker by 2^((2-beta)/2). Real mammograms have beta near 3
 * (Burgess, Jacobson and Judy 2001, "Human observer detection experiments with mammograms and power-law noise").
 *
 * @param options.levels - octaves; the coarsest has a spacing of 2^(levels-1) cells
 * @param options.fall - amplitude of each finer octave relative to the one before: 2^((2-beta)/2), 0.7071 for beta 3
 */
export function powerLawField(rows: number, columns: number, random: Random, options: { readonly levels: number; readonly fall: number }): Field {
  const { levels, fall } = options;
  let field = whiteField(shrink(rows, levels - 1), shrink(columns, levels - 1), random);
  let amplitude = 1;
  let variance = 1;
  for (let level = levels - 2; level >= 0; level--) {
    amplitude *= fall;
    // Doubling smooths the coarse octaves, hence the weaker sum.
    variance = variance * 0.8 + amplitude * amplitude;
    field = doubled(field, shrink(rows, level), shrink(columns, level));
    addNoise(field.values, field.columns, random, amplitude);
  }
  const scale = 1 / Math.sqrt(variance);
  for (let i = 0; i < field.values.length; i++) field.values[i]! *= scale;
  return field;
}

/** Cells that cover `size` at 2^level times the spacing, with one cell to spare on both sides. */
function shrink(size: number, level: number): number {
  return level === 0 ? size : Math.ceil(size / (1 << level)) + 2;
}

function whiteField(rows: number, columns: number, random: Random): Field {
  const field = { rows, columns, values: new Float32Array(rows * columns) };
  addNoise(field.values, columns, random, 1);
  return field;
}

function addNoise(values: Float32Array, columns: number, random: Random, amplitude: number): void {
  const table = normalTable();
  for (let start = 0; start < values.length; start += columns) {
    const place = tablePlace(random);
    const end = Math.min(start + columns, values.length);
    for (let i = start; i < end; i++) values[i]! += amplitude * table[(place + i - start) & tableMask]!;
  }
}

/** Twice as fine, by the weights (3, 1)/4 in both directions (cell centers; the spare first cell is left out). */
function doubled(coarse: Field, rows: number, columns: number): Field {
  const values = new Float32Array(rows * columns);
  const line = new Float32Array(coarse.columns);
  for (let r = 0; r < rows; r++) {
    const near = Math.min((r >> 1) + 1, coarse.rows - 1);
    const far = Math.min(Math.max(r & 1 ? near + 1 : near - 1, 0), coarse.rows - 1);
    for (let c = 0; c < coarse.columns; c++)
      line[c] = 0.75 * coarse.values[near * coarse.columns + c]! + 0.25 * coarse.values[far * coarse.columns + c]!;
    for (let c = 0; c < columns; c++) {
      const beside = (c >> 1) + 1;
      values[r * columns + c] = 0.75 * line[beside]! + 0.25 * line[c & 1 ? Math.min(beside + 1, coarse.columns - 1) : beside - 1]!;
    }
  }
  return { rows, columns, values };
}
