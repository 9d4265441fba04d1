import { decimalOf, isMissing, type Rows, shown, tableError } from "./rows.ts";

/**
 * What names a row, as one text: no part may be missing, sides are L and R in whatever spelling, exams are numbered.
 *
 * @throws PipelineError `table`, with the row.
 */
export function keyOf(names: readonly string[], cellOf: (name: string) => string, { file }: Pick<Rows, "file">, line: number): string {
  return JSON.stringify(names.map((name) => partOf(name, cellOf(name), file, line)));
}

function partOf(name: string, cell: string, file: string, line: number): string {
  if (isMissing(cell)) throw tableError(`Expected a ${name} in row ${line} of ${file}, got "${cell}"`);
  // What was read in a wrong encoding once has lost its letters: two names may have become one.
  if (cell.includes("\uFFFD"))
    throw tableError(`Expected ${name} in row ${line} of ${file} to have all its letters, got some that could not be read`);
  if (name === "laterality") return sideOf(cell) ?? cell;
  return name === "examIndex" ? String(examNumber(cell, file, line)) : cell;
}

/** L or R, or undefined for a text that is neither. */
export function sideOf(cell: string): "L" | "R" | undefined {
  return /^(l|left)$/i.test(cell) ? "L" : /^(r|right)$/i.test(cell) ? "R" : undefined;
}

/** @throws PipelineError `table` for what is no number: exams are put in order by it. */
export function examNumber(cell: string, file: string, line: number): number {
  const number = decimalOf(cell);
  if (Number.isNaN(number))
    throw tableError(`Expected a number as examIndex in row ${line} of ${file}, got ${shown(cell)}: exams are put in order by it`);
  return number;
}
