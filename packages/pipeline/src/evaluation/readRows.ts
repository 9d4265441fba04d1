import { extname } from "node:path";
import { type DelimitedOptions, FilesError, parseDelimited } from "@mammo/files";
import { readRegularFile, sha256 } from "@mammo/files/node";
import { parquetRows } from "@mammo/io/node";
import { composed } from "./composed.ts";
import { decodeText } from "./decodeText.ts";
import { type Rows, tableError } from "./rows.ts";

/**
 * Reads .csv, .tsv or .parquet; the first line of a text file names the columns. Text is UTF-8, UTF-16 or Windows-1252; a .csv may have its cells between
 * semicolons or tabs. What is not the usual is told in `notes`.
 *
 * `called`: what messages name the file, whose own name may be a patient's; default "the table".
 *
 * @throws PipelineError `table`, which names the file and the line.
 */
export async function readRows(path: string, { called: file = "the table" }: { readonly called?: string } = {}): Promise<Rows> {
  const bytes = await readRegularFile(path, { maxBytes: 2 ** 28 }).catch((error: Error) => {
    const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
    throw tableError(`Expected to read ${file}, but ${code ? `the disk answered ${code}` : `it is none: ${error.message}`}`, {
      cause: error,
    });
  });
  const reader = readers[extname(path).toLowerCase()];
  if (reader === undefined) throw tableError(`Expected ${file} to end in ${Object.keys(readers).join(", ")}`);
  const { columns, rows, notes = [] } = await reader(bytes, file);
  if (rows.length === 0) throw tableError(`Expected at least one row below the heads of ${file}, got none`);
  return { file, sha256: sha256(bytes), columns, rows, notes };
}

type Reader = (bytes: Uint8Array, file: string) => Promise<Pick<Rows, "columns" | "rows" | "notes">>;

const readers: Readonly<Record<string, Reader>> = {
  ".csv": async (bytes, file) => delimited(bytes, [",", ";", "\t"], file),
  ".tsv": async (bytes, file) => delimited(bytes, ["\t"], file),
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

/** The first of the separators that the heads have, quoted cells left aside. */
function delimited(bytes: Uint8Array, separators: readonly DelimitedOptions["separator"][], file: string) {
  const { text: decoded, encoding } = decodeText(bytes);
  const text = composed(decoded, file);
  if (text.includes("\0")) throw tableError(`Expected ${file} to be a text, got one with zeros in it`);
  const heads = (/^[^\r\n]*/.exec(text.trimStart())?.[0] ?? "").replace(/"[^"]*"/g, "");
  const separator = separators.find((one) => heads.includes(one)) ?? separators[0]!;
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
