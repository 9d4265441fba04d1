import type { DelimitedTable } from "@mammo/files";
import { PipelineError } from "../pipelineError.ts";

/** A table as it lies in a file: every cell a text, every row with its line in the file, the heads in line 1. */
export interface Rows extends DelimitedTable {
  /** The file's name without its folder, for messages. */
  readonly file: string;
  readonly sha256: string;
  /** What had to be guessed to read it, such as its letters' encoding. */
  readonly notes?: readonly string[];
}

/** A file that does not say what it should; the message names file and row, never what is in the cells that name a person. */
export const tableError = (message: string, options?: ErrorOptions): PipelineError => new PipelineError("table", message, options);

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cell's decimal number; NaN for anything else: no hexadecimal, no decimal comma, no percent sign, nothing beyond the largest number. */
export function decimalOf(cell: string): number {
  const number = decimal.test(cell) ? Number(cell) : NaN;
  return Number.isFinite(number) ? number : NaN;
}

/** A cell for a message: what looks like a number or nothing is shown, of a text only its length, since a wrong column may hold a name or a date of birth. */
export function shown(cell: string): string {
  return cell.length <= 12 && /^([+-]?(\d*[.,]?\d+|\d+[.,]|0x[\da-f]+)(e[+-]?\d+)? ?%?|nan|[+-]?inf(inity)?|)$/i.test(cell)
    ? `"${cell}"`
    : `a text of ${cell.length} characters`;
}

/** Whether a cell says that nothing is known: empty, or as R, pandas and spreadsheets write it. */
export const isMissing = (cell: string): boolean => /^(|na|n\/a|#n\/a|nan|null|none)$/i.test(cell);

/** Which column has the name. @throws PipelineError `table` where none has. */
export function columnOf({ columns, file }: Pick<Rows, "columns" | "file">, name: string): number {
  const at = columns.indexOf(name);
  if (at < 0) throw tableError(`Expected a column ${name} in ${file}, got ${columns.length} other columns`);
  return at;
}
