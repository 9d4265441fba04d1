import { type DelimitedOptions, FilesError, parseDelimited } from "@mammo/files";
import { CohortError } from "./cohortError.ts";

/** A row of a table: its cells by column, of those that were asked for, and its line in the file, counted from 1 (the header is line 1). */
export interface TableRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** A table's name in error texts, and the columns that it must have. */
export interface TableOptions {
  readonly file: string;
  readonly required: readonly string[];
  /** Those that are read where there are any, or "all": what a row says besides. */
  readonly optional?: readonly string[] | "all";
}

/** Cells of a table of which all are kept by name: ten times those of the largest that is known. A dictionary takes a hundred bytes for each, empty ones too. */
const mostNamed = 2 ** 21;

/**
 * Text with a header row -> rows.
 *
 * @throws CohortError `missing-column`, `duplicate-row` for a column named twice, or `invalid-value` for misplaced quotes and rows of another length.
 */
export function parseTable(text: string, { file, required, optional = [] }: TableOptions, form: DelimitedOptions): readonly TableRow[] {
  const { columns, rows: written } = parsed(text, file, form);
  // Between tabs, a row of nothing but separators says no more than an empty line.
  const rows = form.ragged ? written.filter(({ cells }) => cells.some((cell) => cell !== "")) : written;
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new CohortError("missing-column", `${file}: expected a column ${missing.join(", ")}`);
  const wanted = optional === "all" ? columns : columns.filter((name) => required.includes(name) || optional.includes(name));
  if (optional === "all" && columns.length * rows.length > mostNamed)
    throw new CohortError("invalid-value", `${file}: expected at most ${mostNamed} cells`);
  const places = wanted.map((name) => [name, columns.indexOf(name)] as const);
  return rows.map(({ line, cells }) => {
    const byName: Record<string, string> = Object.create(null);
    for (const [name, at] of places) byName[name] = cells[at] ?? "";
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
