import { CohortError } from "./cohortError.ts";
import type { TableRow } from "./table.ts";

/**
 * Comma-separated text (RFC 4180) with a header row -> rows. Cells are trimmed, empty lines skipped; a quoted cell may hold commas, doubled quotes and line ends.
 * A row's `line` is the line of the file where it begins.
 *
 * Source: RFC 4180, section 2 (re-implementation); stricter in that every row must have as many cells as the header.
 * @throws CohortError `missing-column`, `duplicate-row` for a column named twice, or `invalid-value` for misplaced quotes and rows of another length.
 */
export function parseCsv(text: string, options: { readonly file: string; readonly required: readonly string[] }): readonly TableRow[] {
  const { file, required } = options;
  const [header, ...records] = readRecords(text.replace(/^\uFEFF/, ""), file);
  const columns = header?.cells ?? [];
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new CohortError("missing-column", `${file}: expected a column ${missing.join(", ")}`);
  if (new Set(columns).size < columns.length) throw new CohortError("duplicate-row", `${file} row 1: expected each column once`);
  return records.map(({ line, cells }) => {
    if (cells.length !== columns.length)
      throw new CohortError("invalid-value", `${file} row ${line}: expected ${columns.length} cells, got ${cells.length}`);
    const byName: Record<string, string> = Object.create(null);
    columns.forEach((name, at) => {
      byName[name] = cells[at]!;
    });
    return { line, cells: byName };
  });
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

const bareCell = /[^",\r\n]*/y;
const cellEnd = /,|\r\n|\n|\r|$/y;

function readRecords(text: string, file: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let line = 1;
  let begin = 1;
  for (let at = 0; at < text.length; ) {
    const close = endOfCell(text, at);
    cellEnd.lastIndex = Math.max(close, 0);
    const end = close < 0 ? undefined : cellEnd.exec(text)?.[0];
    if (end === undefined)
      throw new CohortError("invalid-value", `${file} row ${begin}: expected a quote to open and close a whole cell, with quotes inside it doubled`);
    const written = text.slice(at, close);
    cells.push((written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written).trim());
    line += (written + end).match(/\r\n|\n|\r/g)?.length ?? 0;
    at = close + end.length;
    // A comma at the very end of the text is followed by one more, empty cell.
    if (end === "," && at < text.length) continue;
    if (end === ",") cells.push("");
    if (cells.length > 1 || cells[0] !== "") records.push({ line: begin, cells });
    cells = [];
    begin = line;
  }
  return records;
}

/** Where the cell that begins at `at` ends, its closing quote included; -1 where a quote is never closed. A scan: a pattern would recurse over doubled quotes. */
function endOfCell(text: string, at: number): number {
  if (text[at] !== '"') {
    bareCell.lastIndex = at;
    bareCell.exec(text);
    return bareCell.lastIndex;
  }
  for (let from = at + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    if (text[quote + 1] !== '"') return quote + 1;
    from = quote + 2;
  }
}
