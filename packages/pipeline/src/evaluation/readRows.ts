import { extname } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type DelimitedOptions, FilesError, parseDelimited } from "@mammo/files";
import { readRegularFile, sha256 } from "@mammo/files/node";
import { parquetRows } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { composed } from "./composed.ts";
import { decodeText } from "./decodeText.ts";
import { type Rows, tableError } from "./rows.ts";

/** How a table is read. */
export interface ReadRowsOptions {
  /** What messages name the file, whose own name may be a patient's; default "the table". */
  readonly called?: string;
  /** What stands between the cells of a text; default tabs in a .tsv, else that of commas, semicolons and tabs which the heads have most often. */
  readonly separator?: DelimitedOptions["separator"] | undefined;
}

/** A table larger than this does not fit beside what is made of it. */
const maxBytes = 2 ** 28;

/**
 * Reads .csv, .tsv, .txt or .parquet, each also gzipped (.csv.gz); the first line of a text file names the columns. Text is UTF-8, UTF-16 or Windows-1252. What is not the
 * usual is told in `notes`. With `separator` any other ending is a text too.
 *
 * @throws PipelineError `table`, which names the file and the line.
 */
export async function readRows(path: string, options: ReadRowsOptions = {}): Promise<Rows> {
  requireKnownKeys("readRows", options, { called: true, separator: true });
  const { called: file = "the table", separator } = options;
  const bytes = await readRegularFile(path, { maxBytes }).catch((error: Error) => {
    const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
    throw tableError(`Expected to read ${file}, but ${code ? `the disk answered ${code}` : `it is none: ${error.message}`}`, {
      cause: error,
    });
  });
  const isZipped = /\.gz$/i.test(path);
  const reader = readers[extname(isZipped ? path.slice(0, -3) : path).toLowerCase()] ?? (separator && readers[".txt"]);
  if (reader === undefined) throw tableError(`Expected ${file} to end in ${Object.keys(readers).join(", ")}, perhaps with .gz behind, or --sep`);
  const { columns, rows, notes = [] } = await reader(isZipped ? await unzipped(bytes, file) : bytes, file, separator);
  if (rows.length === 0) throw tableError(`Expected at least one row below the heads of ${file}, got none`);
  return { file, sha256: sha256(bytes), columns, rows, notes };
}

function unzipped(bytes: Uint8Array, file: string): Promise<Uint8Array> {
  return promisify(gunzip)(bytes, { maxOutputLength: maxBytes }).catch((cause: NodeJS.ErrnoException) => {
    const what =
      cause.code === "ERR_BUFFER_TOO_LARGE" ? `to be at most ${maxBytes} bytes when unzipped` : `to be a whole gzip file, but: ${cause.code}`;
    throw tableError(`Expected ${file} ${what}`, { cause });
  });
}

type Reader = (bytes: Uint8Array, file: string, separator?: DelimitedOptions["separator"]) => Promise<Pick<Rows, "columns" | "rows" | "notes">>;

const readers: Readonly<Record<string, Reader>> = {
  ".csv": async (bytes, file, separator) => delimited(bytes, separator ? [separator] : [",", ";", "\t"], file),
  ".tsv": async (bytes, file, separator) => delimited(bytes, [separator ?? "\t"], file),
  ".txt": async (bytes, file, separator) => delimited(bytes, separator ? [separator] : ["\t", ";", ","], file),
  ".parquet": async (bytes, file) => {
    try {
      const objects = await parquetRows(bytes);
      const columns = Object.keys(objects[0] ?? {});
      return { columns, rows: objects.map((row, r) => ({ line: r + 2, cells: columns.map((column) => text(row[column], file)) })) };
    } catch (cause) {
      throw tableError(`Expected ${file} to be a whole Parquet file, but: ${(cause as Error).message}`, { cause });
    }
  },
};

const text = (cell: unknown, file: string): string =>
  cell === null || cell === undefined ? "" : typeof cell === "boolean" ? String(Number(cell)) : composed(String(cell), file).trim();

const separatorNames = { ",": "commas", ";": "semicolons", "\t": "tabs" } as const;

/** By the separator that the heads have most often, quoted cells left aside. */
function delimited(bytes: Uint8Array, separators: readonly DelimitedOptions["separator"][], file: string) {
  const { text: decoded, encoding } = decodeText(bytes);
  const text = composed(decoded, file);
  if (text.includes("\0")) throw tableError(`Expected ${file} to be a text, got one with zeros in it`);
  const heads = (/^[^\r\n]*/.exec(text.trimStart())?.[0] ?? "").replace(/"[^"]*"/g, "");
  const cells = (one: string) => heads.split(one).length;
  const separator = separators.reduce((best, one) => (cells(one) > cells(best) ? one : best));
  const notes = [
    ...(encoding === "UTF-8" ? [] : [`${file} is no UTF-8: read as ${encoding}`]),
    ...(separator === separators[0] ? [] : [`${file} has ${separatorNames[separator]} between its cells`]),
  ];
  try {
    return { ...parseDelimited(text, { separator }), notes };
  } catch (cause) {
    if (!(cause instanceof FilesError)) throw cause;
    throw tableError(`${file}, ${cause.message}`, { cause });
  }
}
