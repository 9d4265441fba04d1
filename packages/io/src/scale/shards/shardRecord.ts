import { join } from "node:path";
import { parseJson } from "@mammo/files";
import { readFileIfThere } from "@mammo/files/node";
import { hashFile } from "../../exam/hashFiles.ts";
import type { SampleRecord } from "./sampleRecord.ts";
import { indexOf } from "./shardIndex.ts";

/** An image that could not be stored. */
export interface ShardFailure {
  readonly image: number;
  readonly code: string;
  readonly message: string;
}

/** What a finished shard holds: written after the shard itself, so that its presence says that the shard is whole. */
export interface ShardRecord {
  readonly shard: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly samples: readonly SampleRecord[];
  readonly failures: readonly ShardFailure[];
}

/** The name of a shard's files, without extension. */
export const shardName = (shard: number): string => `shard-${String(shard).padStart(6, "0")}`;

/** The record of a shard of so many images, if there is one, the tar file still has the hash that it states and the index is the record's. */
export async function finishedShard(directory: string, shard: number, images: number): Promise<ShardRecord | undefined> {
  const record = await readRecord(directory, shard, images);
  if (record === undefined) return undefined;
  const sha256 = await hashFile(join(directory, record.shard)).catch(() => undefined);
  const index = await readFileIfThere(join(directory, `${shardName(shard)}.idx`), { maxBytes: bytesFor(images) }).catch(() => undefined);
  return sha256 === record.sha256 && index && new TextDecoder().decode(index) === indexOf(record.samples) ? record : undefined;
}

/** Failures that another run may not meet: they hang on the machine and its disk, not on the file's bytes. */
const passing: ReadonlySet<string> = new Set(["timeout", "missing-file", "unreadable-file", "changed-file"]);

/** Whether another run may do without this failure. */
export const mayPass = ({ code }: ShardFailure): boolean => passing.has(code);

/** An image takes a kilobyte and some forty values of a record, and a line of an index. */
const bytesFor = (images: number): number => 2 ** 16 + 2 ** 12 * images;
const valuesFor = (images: number): number => 2 ** 10 + 2 ** 7 * images;

/** Undefined where there is none, or none that can be read and costs what the record of at most so many images may. */
export async function readRecord(directory: string, shard: number, images: number): Promise<ShardRecord | undefined> {
  try {
    const bytes = await readFileIfThere(join(directory, `${shardName(shard)}.json`), { maxBytes: bytesFor(images) });
    if (bytes === undefined) return undefined;
    const record = parseJson(bytes, { maxValues: valuesFor(images) }) as ShardRecord;
    const isWhole = record.shard === `${shardName(shard)}.tar` && record.samples.every(isPlaced) && Array.isArray(record.failures);
    return isWhole ? record : undefined;
  } catch {
    return undefined;
  }
}

const isPlaced = ({ sidecar, png, header }: SampleRecord): boolean =>
  [sidecar.offset, sidecar.length, png.offset, png.length].every(Number.isSafeInteger) && Array.isArray(header.flags);
