import { CohortError } from "./cohortError.ts";

/** A row of a table: its cells by column, and its line in the file, counted from 1 (the header is line 1). */
export interface TableRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Tab-separated text with a header line -> rows. Cells are trimmed; empty lines are skipped.
 *
 * @throws CohortError `missing-column`, or `invalid-value` for a row with too many or too few cells.
 */
export function parseTsv(
  text: string,
  options: { readonly file: string; readonly required: readonly string[] },
): { readonly columns: readonly string[]; readonly rows: readonly TableRow[] } {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const columns = (lines[0] ?? "").split("\t").map((cell) => cell.trim());
  const missing = options.required.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new CohortError("missing-column", `${options.file}: expected a column ${missing.join(", ")}`);
  const rows: TableRow[] = [];
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!;
    if (line.trim() === "") continue;
    const parts = line.split("\t");
    if (parts.length > columns.length)
      throw new CohortError("invalid-value", `${options.file} row ${index + 1}: expected ${columns.length} cells, got ${parts.length}`);
    const cells: Record<string, string> = Object.create(null);
    columns.forEach((name, at) => {
      cells[name] = (parts[at] ?? "").trim();
    });
    rows.push({ line: index + 1, cells });
  }
  return { columns, rows };
}
