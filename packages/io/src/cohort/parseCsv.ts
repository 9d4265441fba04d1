import { CohortError } from "./cohortError.ts";
import type { TableRow } from "./parseTsv.ts";

/**
 * Comma-separated text (RFC 4180), or text with another separator, with a header row -> rows. Cells are trimmed, empty lines skipped; a quoted cell may hold commas, doubled quotes and line ends.
 * A row's `line` is the line of the file where it begins.
 *
 * Source: RFC 4180, section 2 (re-implementation); stricter in that every row must have as many cells as the header.
 * @throws CohortError `missing-column`, `duplicate-row` for a column named twice, or `invalid-value` for misplaced quotes and rows of another length.
 */
export function parseCsv(
  text: string,
  options: { readonly file: string; readonly required: readonly string[]; readonly separator?: "," | ";" | "\t" },
): readonly TableRow[] {
  const { file, required, separator = "," } = options;
  const [header, ...records] = readRecords(text.replace(/^\uFEFF/, ""), file, cellPatterns[separator]);
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

/** What a cell without quotes may hold, and what ends a cell, by separator. */
interface CellPatterns {
  readonly bare: RegExp;
  readonly end: RegExp;
}
const cellPatterns: Readonly<Record<"," | ";" | "\t", CellPatterns>> = {
  ",": { bare: /[^",\r\n]*/y, end: /,|\r\n|\n|\r|$/y },
  ";": { bare: /[^";\r\n]*/y, end: /;|\r\n|\n|\r|$/y },
  "\t": { bare: /[^"\t\r\n]*/y, end: /\t|\r\n|\n|\r|$/y },
};

function readRecords(text: string, file: string, patterns: CellPatterns): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let line = 1;
  let begin = 1;
  for (let at = 0; at < text.length; ) {
    const close = endOfCell(text, at, patterns.bare);
    patterns.end.lastIndex = Math.max(close, 0);
    const end = close < 0 ? undefined : patterns.end.exec(text)?.[0];
    if (end === undefined)
      throw new CohortError("invalid-value", `${file} row ${begin}: expected a quote to open and close a whole cell, with quotes inside it doubled`);
    const written = text.slice(at, close);
    cells.push((written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written).trim());
    line += (written + end).match(/\r\n|\n|\r/g)?.length ?? 0;
    at = close + end.length;
    // A separator at the very end of the text is followed by one more, empty cell.
    const isSeparator = end !== "" && end !== "\n" && end !== "\r" && end !== "\r\n";
    if (isSeparator && at < text.length) continue;
    if (isSeparator) cells.push("");
    if (cells.length > 1 || cells[0] !== "") records.push({ line: begin, cells });
    cells = [];
    begin = line;
  }
  return records;
}

/** Where the cell that begins at `at` ends, its closing quote included; -1 where a quote is never closed. A scan: a pattern would recurse over doubled quotes. */
function endOfCell(text: string, at: number, bare: RegExp): number {
  if (text[at] !== '"') {
    bare.lastIndex = at;
    bare.exec(text);
    return bare.lastIndex;
  }
  for (let from = at + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    if (text[quote + 1] !== '"') return quote + 1;
    from = quote + 2;
  }
}
