import type { DelimitedTable } from "@mammo/files";
import { PipelineError } from "../pipelineError.ts";

/** A table as it lies in a file: every cell a text, every row with its line in the file, the heads in line 1. */
export interface Rows extends DelimitedTable {
  /** The file's name without its folder, for messages. */
  readonly file: string;
  readonly sha256: string;
}

/** A file that does not say what it should; the message names file and row, never what is in the cells that name a person. */
export const tableError = (message: string, options?: ErrorOptions): PipelineError => new PipelineError("table", message, options);

/** A cell for a message: a number or nothing is shown, of a text only its length, since a wrong column may hold a name. */
export function shown(cell: string): string {
  return cell === "" || /^-?(\d{0,9}(\.\d{0,9})?|nan|inf(inity)?)$/i.test(cell) ? `"${cell}"` : `a text of ${cell.length} characters`;
}
