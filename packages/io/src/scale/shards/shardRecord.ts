import { join } from "node:path";
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

/** The record of a shard, if there is one, the tar file still has the hash that it states and the index is the record's. */
export async function finishedShard(directory: string, shard: number): Promise<ShardRecord | undefined> {
  const record = await readRecord(directory, shard);
  if (record === undefined) return undefined;
  const sha256 = await hashFile(join(directory, record.shard)).catch(() => undefined);
  const index = await readText(join(directory, `${shardName(shard)}.idx`));
  return sha256 === record.sha256 && index === indexOf(record.samples) ? record : undefined;
}

/** Failures that another run may not meet: they hang on the machine and its disk, not on the file's bytes. */
const passing: ReadonlySet<string> = new Set(["timeout", "missing-file", "unreadable-file", "changed-file"]);

/** Whether another run may do without this failure. */
export const mayPass = ({ code }: ShardFailure): boolean => passing.has(code);

/** Undefined where there is none, or none that can be read. */
export async function readRecord(directory: string, shard: number): Promise<ShardRecord | undefined> {
  const text = await readText(join(directory, `${shardName(shard)}.json`));
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as ShardRecord;
    const isWhole = record.shard === `${shardName(shard)}.tar` && record.samples.every(isPlaced) && Array.isArray(record.failures);
    return isWhole ? record : undefined;
  } catch {
    return undefined;
  }
}

const isPlaced = ({ sidecar, png, header }: SampleRecord): boolean =>
  [sidecar.offset, sidecar.length, png.offset, png.length].every(Number.isSafeInteger) && Array.isArray(header.flags);

async function readText(path: string): Promise<string | undefined> {
  const bytes = await readFileIfThere(path).catch(() => undefined);
  return bytes && new TextDecoder().decode(bytes);
}
