import type { Cohort } from "../../cohort/cohort.ts";
import { standardizationVersion } from "../../image/standardize/standardize.ts";
import type { WorkerReadOptions } from "../reader/reader.ts";
import { packageVersion } from "./packageVersion.ts";

/** What the whole folder is: the first file written, and the first member of each shard. Two runs with the same header write the same bytes. */
export interface ShardsHeader {
  readonly schema: "mammo-shards-1";
  readonly pixels: string;
  readonly cohort: { readonly name: string; readonly sha256: string; readonly images: number };
  readonly imagesPerShard: number;
  readonly read: WorkerReadOptions;
  readonly standardization: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** The file of the header. */
export const headerName = "shards.json";

/** The header of a cohort and its options. */
export function shardsHeader(
  cohort: Cohort,
  { imagesPerShard, read }: { readonly imagesPerShard: number; readonly read: WorkerReadOptions },
): ShardsHeader {
  return {
    schema: "mammo-shards-1",
    pixels: "16-bit gray PNG; 0 is background, 65535 is 1; chest wall at column 0",
    cohort: { name: cohort.name, sha256: cohort.sha256, images: cohort.images.length },
    imagesPerShard,
    read: Object.fromEntries(Object.entries(read).sort(([a], [b]) => (a < b ? -1 : 1))),
    standardization: standardizationVersion,
    versions: { "@mammo/io": packageVersion() },
  };
}

/** A value as one line of JSON: the bytes that shards have held from the first. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
