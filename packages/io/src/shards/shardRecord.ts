import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../cohort/hashFiles.ts";
import type { Sidecar } from "./makeSample.ts";

const headerFields = ["laterality", "view", "rows", "columns", "mmPerPixel", "toSource", "flags", "standardization"] as const;

export const recordHeader = (sidecar: Sidecar): SampleRecord["header"] =>
  Object.fromEntries(headerFields.map((field) => [field, sidecar[field]])) as unknown as SampleRecord["header"];

/** Where something lies in a shard's tar file, in bytes. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

export interface SampleRecord {
  /** Its index in the cohort. */
  readonly image: number;
  /** The name of its members, without extension. */
  readonly key: string;
  readonly sidecar: Place;
  readonly png: Place & { readonly sha256: string };
  readonly sourceBytes: number;
  /** What the manifest says of the image. */
  readonly header: Pick<Sidecar, (typeof headerFields)[number]>;
}

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

/** The record of a shard, if there is one and the tar file still has the hash that it states. */
export async function finishedShard(directory: string, shard: number): Promise<ShardRecord | undefined> {
  const record = await readRecord(directory, shard);
  if (record === undefined) return undefined;
  const sha256 = await hashFile(join(directory, record.shard)).catch(() => undefined);
  return sha256 === record.sha256 ? record : undefined;
}

export async function readRecord(directory: string, shard: number): Promise<ShardRecord | undefined> {
  const text = await readFile(join(directory, `${shardName(shard)}.json`), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ShardRecord);
}
