import { basename, dirname } from "node:path";
import { readRegularFile } from "@mammo/files/node";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { type ParquetRow, parquetRows } from "../threads/parquetRows.ts";
import { writeShardFile } from "./atomicShardFile.ts";
import type { Column } from "./manifest.ts";
import { ShardError } from "./shardError.ts";

/** Writes a table, reads it back and compares before it gets its name; gives its SHA-256. Of the rows only the columns' values are kept. */
export async function writeParquet<Row>(path: string, columns: readonly Column<Row>[], rows: AsyncIterable<Row>): Promise<string> {
  const columnData = columns.map(({ name, type }) => ({ name, type, data: [] as (string | number | bigint | null)[], nullable: true }));
  for await (const row of rows) for (const [at, { of }] of columns.entries()) columnData[at]!.data.push(of(row));
  const bytes = parquetWriteBuffer({ columnData, createdBy: "@mammo/io" });
  const read = await rowsOf(bytes);
  const isSame = columnData.every(({ name, data }) => data.length === read.length && data.every((value, at) => value === (read[at]![name] ?? null)));
  if (!isSame) throw new ShardError("write-failed", `Expected ${basename(path)} to read back as it was written`);
  return writeShardFile(path, new Uint8Array(bytes));
}

/** The rows of a table as `writeParquet` writes it. */
export async function readParquet(path: string): Promise<readonly ParquetRow[]> {
  const bytes = await readRegularFile(path, { maxBytes: 2 ** 30, below: dirname(path) }).catch((cause: unknown) => {
    throw new ShardError("unfinished", `Expected ${basename(path)}: a run that was stopped has not written it yet`, { cause });
  });
  try {
    return await parquetRows(bytes);
  } catch (cause) {
    throw new ShardError("corrupt-shard", `Expected ${basename(path)} to be a Parquet file`, { cause });
  }
}

const rowsOf = async (file: ArrayBuffer): Promise<readonly ParquetRow[]> => (await parquetReadObjects({ file })) as ParquetRow[];
