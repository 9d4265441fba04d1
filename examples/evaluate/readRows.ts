import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { sha256 } from "../shared/files.ts";

/** A table as it lies in a file: every cell a text. */
export interface Rows {
  /** The file's name without its folder, for messages. */
  readonly file: string;
  readonly sha256: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** A row, and its number for messages: its line in the file, counted from 1 with the heads as line 1, as @mammo/io counts. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A file that does not say what it should; the message names file and row, never what is in the cells that name a person. */
export class TableError extends Error {
  readonly code = "table";
}

/** Reads .csv, .tsv or .parquet; the first line of a text file names the columns. Throws TableError naming file and line. */
export async function readRows(path: string): Promise<Rows> {
  const file = basename(path);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new TableError(`Expected a readable file ${file}, but the disk answered ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
  const reader = readers[extname(path).toLowerCase()];
  if (reader === undefined) throw new TableError(`Expected ${file} to end in ${Object.keys(readers).join(", ")}`);
  const { columns, rows } = await reader(bytes, file);
  const twice = columns.find((column, k) => columns.indexOf(column) < k);
  if (twice !== undefined) throw new TableError(`Expected each column of ${file} once, got "${twice}" twice`);
  if (rows.length === 0) throw new TableError(`Expected at least one row below the heads of ${file}, got none`);
  return { file, sha256: sha256(bytes), columns, rows };
}

/** A cell for a message: a number or nothing is shown, of a text only its length, since a wrong column may hold a name. */
export function shown(cell: string): string {
  return cell === "" || /^-?(\d|\.\d|nan$|inf)/i.test(cell) ? `"${cell}"` : `a text of ${cell.length} characters`;
}

type Reader = (bytes: Buffer, file: string) => Promise<Pick<Rows, "columns" | "rows">>;

const readers: Readonly<Record<string, Reader>> = {
  ".csv": async (bytes, file) => delimited(bytes.toString("utf8"), ",", file),
  ".tsv": async (bytes, file) => delimited(bytes.toString("utf8"), "\t", file),
  ".parquet": async (bytes, file) => {
    try {
      const objects = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer });
      const columns = Object.keys(objects[0] ?? {});
      return { columns, rows: objects.map((row, r) => ({ line: r + 2, cells: columns.map((column) => text(row[column])) })) };
    } catch (cause) {
      throw new TableError(`Expected ${file} to be a whole Parquet file, but: ${(cause as Error).message}`, { cause });
    }
  },
};

const text = (cell: unknown): string => (cell === null || cell === undefined ? "" : typeof cell === "boolean" ? String(Number(cell)) : String(cell));

/** RFC 4180: quoted cells may hold delimiters, line ends and doubled quotes. */
function delimited(content: string, delimiter: string, file: string): Pick<Rows, "columns" | "rows"> {
  const rows: Row[] = [];
  let [line, start] = [1, 1];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    cells.push(cell.trim());
    cell = "";
  };
  const endLine = () => {
    endCell();
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: start, cells });
    cells = [];
    start = line;
  };
  const body = content.startsWith("\ufeff") ? content.slice(1) : content;
  for (let i = 0; i < body.length; i++) {
    const mark = body[i]!;
    if (mark === "\n") line++;
    if (quoted) {
      if (mark !== '"') cell += mark;
      else if (body[i + 1] === '"') cell += body[++i]!;
      else quoted = false;
    } else if (mark === '"' && cell === "") quoted = true;
    else if (mark === delimiter) endCell();
    else if (mark === "\n") endLine();
    else if (mark !== "\r") cell += mark;
  }
  if (quoted) throw new TableError(`Expected every quote of ${file} to be closed, got one that is open at its end`);
  endLine();
  const [heads, ...others] = rows;
  const columns = heads?.cells ?? [];
  for (const { line, cells } of others)
    if (cells.length !== columns.length) throw new TableError(`Expected ${columns.length} cells in row ${line} of ${file}, got ${cells.length}`);
  return { columns, rows: others };
}
