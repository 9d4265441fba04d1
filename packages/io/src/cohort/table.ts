import { type DelimitedOptions, FilesError, parseDelimited } from "@mammo/files";
import { CohortError } from "./cohortError.ts";

/** A row of a table: its cells by column, and its line in the file, counted from 1 (the header is line 1). */
export interface TableRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** A table's name in error texts, and the columns that it must have. */
export interface TableOptions {
  readonly file: string;
  readonly required: readonly string[];
}

/**
 * Text with a header row -> rows.
 *
 * @throws CohortError `missing-column`, `duplicate-row` for a column named twice, or `invalid-value` for misplaced quotes and rows of another length.
 */
export function parseTable(text: string, { file, required }: TableOptions, form: DelimitedOptions): readonly TableRow[] {
  const { columns, rows } = parsed(text, file, form);
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new CohortError("missing-column", `${file}: expected a column ${missing.join(", ")}`);
  return rows.map(({ line, cells }) => {
    const byName: Record<string, string> = Object.create(null);
    columns.forEach((name, at) => {
      byName[name] = cells[at]!;
    });
    return { line, cells: byName };
  });
}

function parsed(text: string, file: string, form: DelimitedOptions): ReturnType<typeof parseDelimited> {
  try {
    return parseDelimited(text, form);
  } catch (cause) {
    if (!(cause instanceof FilesError)) throw cause;
    throw new CohortError(cause.code === "duplicate-column" ? "duplicate-row" : "invalid-value", `${file} ${cause.message}`, { cause });
  }
}
