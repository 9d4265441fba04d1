import { basename, extname } from "node:path";
import { type DelimitedOptions, type DelimitedTable, FilesError, parseDelimited } from "@mammo/files";
import { readRegularFile, sha256 } from "@mammo/files/node";
import { parquetRows } from "@mammo/io/node";
import type { Rows } from "./rows.ts";
import { tableError } from "./rows.ts";

/**
 * Reads .csv, .tsv or .parquet; the first line of a text file names the columns.
 *
 * `called`: what messages name the file, where its own name may be a patient's; by default its name without its folder.
 *
 * @throws PipelineError `table`, which names the file and the line.
 */
export async function readRows(path: string, { called: file = basename(path) }: { readonly called?: string } = {}): Promise<Rows> {
  const bytes = await readRegularFile(path, { maxBytes: 2 ** 28 }).catch((error: Error) => {
    const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
    throw tableError(`Expected a readable file ${file}, but ${code ? `the disk answered ${code}` : `it is none: ${error.message}`}`, {
      cause: error,
    });
  });
  const reader = readers[extname(path).toLowerCase()];
  if (reader === undefined) throw tableError(`Expected ${file} to end in ${Object.keys(readers).join(", ")}`);
  const { columns, rows } = await reader(bytes, file);
  if (rows.length === 0) throw tableError(`Expected at least one row below the heads of ${file}, got none`);
  return { file, sha256: sha256(bytes), columns, rows };
}

type Reader = (bytes: Uint8Array, file: string) => Promise<DelimitedTable>;

const readers: Readonly<Record<string, Reader>> = {
  ".csv": async (bytes, file) => delimited(bytes, ",", file),
  ".tsv": async (bytes, file) => delimited(bytes, "\t", file),
  ".parquet": async (bytes, file) => {
    try {
      const objects = await parquetRows(bytes);
      const columns = Object.keys(objects[0] ?? {});
      return { columns, rows: objects.map((row, r) => ({ line: r + 2, cells: columns.map((column) => text(row[column])) })) };
    } catch (cause) {
      throw tableError(`Expected ${file} to be a whole Parquet file, but: ${(cause as Error).message}`, { cause });
    }
  },
};

const text = (cell: unknown): string => (cell === null || cell === undefined ? "" : typeof cell === "boolean" ? String(Number(cell)) : String(cell));

function delimited(bytes: Uint8Array, separator: DelimitedOptions["separator"], file: string): DelimitedTable {
  try {
    return parseDelimited(new TextDecoder().decode(bytes), { separator });
  } catch (cause) {
    if (!(cause instanceof FilesError)) throw cause;
    throw tableError(`${file}, ${cause.message}`, { cause });
  }
}
