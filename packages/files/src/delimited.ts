import { FilesError } from "./filesError.ts";
import { countLineEnds } from "./lines.ts";

/** A table as it lies in a text file: every cell a text. */
export interface DelimitedTable {
  readonly columns: readonly string[];
  readonly rows: readonly DelimitedRow[];
}

/** A row, and the line of the file where it begins, counted from 1 (the heads are line 1). */
export interface DelimitedRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** How a table's text is cut. */
export interface DelimitedOptions {
  readonly separator: "," | ";" | "\t";
  /** Whether quotes wrap cells (RFC 4180; the default) or are letters like any other, as in the challenge's tables. */
  readonly quotes?: boolean;
  /** Whether a row may have fewer cells than there are heads: it then stays short. Default false. */
  readonly ragged?: boolean;
}

/**
 * Text with a row of heads -> columns and rows. Cells are trimmed, empty lines skipped; a quoted cell may hold separators, doubled quotes and line ends.
 *
 * Source: RFC 4180, section 2 (re-implementation); stricter in that rows must be as long as the heads and a quote must open and close a whole cell.
 *
 * @throws FilesError `malformed-table`, with the line, for misplaced quotes and rows of another length; `duplicate-column` for heads that come twice; `too-large` beyond 4096 columns, a million rows, 16 million cells, those that short rows lack included (two million of them), 16 million letters or a million quotes in a cell.
 * @example parseDelimited("id,score\n7,0.5\n", { separator: "," }).rows[0]; // { line: 2, cells: ["7", "0.5"] }
 */
export function parseDelimited(text: string, options: DelimitedOptions): DelimitedTable {
  const { ragged = false } = options;
  const [heads, ...records] = readRecords(text.startsWith("\uFEFF") ? text.slice(1) : text, options);
  const columns = heads?.cells ?? [];
  // To whoever fills them, short rows take as much as long ones.
  if (columns.length * records.length > most.cells) throw tooLarge(`${most.cells} cells`);
  if (new Set(columns).size < columns.length) throw new FilesError("duplicate-column", "row 1: expected each column once", { line: 1 });
  let lacking = 0;
  for (const { line, cells } of records) {
    if (cells.length > columns.length || (cells.length < columns.length && !ragged))
      throw malformed(line, `expected ${columns.length} cells, got ${cells.length}`);
    lacking += columns.length - cells.length;
  }
  if (lacking > most.lacking) throw tooLarge(`${most.lacking} cells that its rows lack`);
  return { columns, rows: records };
}

/**
 * Rows as text, one a line, the first row as heads; cells that would break the table are quoted (RFC 4180) or, between tabs, escaped as `\t`, `\n`, `\\`, which `parseDelimited` does not undo: a line stays one row for any tool.
 *
 * Texts that a spreadsheet would take for a formula (they begin with `=`, `+`, `-` or `@` and are no number), or for a quoted cell between tabs (they begin with `"`), get a `'` in front, which `parseDelimited` does not undo either.
 */
export function formatDelimited(
  rows: readonly (readonly (string | number | undefined)[])[],
  { separator }: Pick<DelimitedOptions, "separator">,
): string {
  const [cell, begins] = separator === "\t" ? [escapeTabs, /^\s*[=+\-@"]/] : [quoteCell, /^\s*[=+\-@]/];
  return rows
    .map((cells) => `${cells.map((value) => cell(typeof value === "string" ? noFormula(value, begins) : String(value ?? ""))).join(separator)}\n`)
    .join("");
}

/** Blanks in front do not keep a spreadsheet from it, nor does a quote between tabs; numbers, and lists of them, are none. */
const noFormula = (text: string, begins: RegExp): string =>
  begins.test(text) && !/^[+-](?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?: [+-]?[\d.eE+-]*\d)*$/.test(text) ? `'${text}` : text;

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const escapeTabs = (text: string): string => text.replace(/[\\\t\n\r]/g, (mark) => escapes[mark]!);
const quoteCell = (text: string): string => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Wider and longer than any table of a cohort; more costs memory out of all proportion to the file. */
const most = { columns: 2 ** 12, rows: 2 ** 20, cells: 2 ** 24, lacking: 2 ** 21, letters: 2 ** 24, quotes: 2 ** 20 } as const;
const tooLarge = (what: string) => new FilesError("too-large", `Expected a table of at most ${what}`);

const malformed = (line: number, what: string) => new FilesError("malformed-table", `row ${line}: ${what}`, { line });

/** What a cell without quotes may hold, by separator. Sticky: one pass over the text, whatever it holds. */
const bareCell = { ",": /[^",\r\n]*/y, ";": /[^";\r\n]*/y, "\t": /[^"\t\r\n]*/y } as const;
const anyCell = { ",": /[^,\r\n]*/y, ";": /[^;\r\n]*/y, "\t": /[^\t\r\n]*/y } as const;
const lineEnd = /\r\n|\n|\r/y;

function readRecords(text: string, { separator, quotes = true }: DelimitedOptions): DelimitedRow[] {
  const bare = (quotes ? bareCell : anyCell)[separator];
  const records: DelimitedRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let begin = 1;
  let left: number = most.cells;
  const endRecord = () => {
    // A copy has no room left over, which in a list that grew is as much as the list.
    if (cells.length > 1 || cells[0] !== "") records.push({ line: begin, cells: cells.slice() });
    if (records.length > most.rows) throw tooLarge(`${most.rows} rows`);
    cells = [];
    begin = line;
  };
  for (let at = 0; at < text.length; ) {
    const close = quotes && text[at] === '"' ? endOfQuoted(text, at) : matchAt(bare, text, at);
    const end = text[close] === separator ? separator : text.slice(close, matchAt(lineEnd, text, close));
    if (close < 0 || (end === "" && close < text.length))
      throw malformed(begin, "expected a quote to open and close a whole cell, with quotes inside it doubled");
    if (close - at > most.letters) throw tooLarge(`${most.letters} letters in a cell`);
    const written = text.slice(at, close);
    if (cells.length >= most.columns) throw tooLarge(`${most.columns} columns`);
    if (left-- === 0) throw tooLarge(`${most.cells} cells`);
    cells.push((quotes && written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written).trim());
    line += (written.startsWith('"') ? countLineEnds(written) : 0) + (end === "" || end === separator ? 0 : 1);
    at = close + end.length;
    if (end !== separator) endRecord();
    // A separator at the very end of the text is followed by one more, empty cell.
    else if (at === text.length) {
      cells.push("");
      endRecord();
    }
  }
  return records;
}

/** Where a sticky pattern's match ends; `at` where it does not match. */
function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = Math.max(at, 0);
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Where the quoted cell that begins at `at` ends, its closing quote included; -1 where it is never closed. */
function endOfQuoted(text: string, at: number): number {
  let from = at + 1;
  for (let quotes = 0; ; quotes++) {
    if (quotes > most.quotes) throw tooLarge(`${most.quotes} quotes in a cell`);
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    if (text[quote + 1] !== '"') return quote + 1;
    from = quote + 2;
  }
}
