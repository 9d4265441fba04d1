import { join } from "node:path";
import type { CohortImage } from "../../cohort/cohort.ts";
import { hashFile } from "../../exam/hashFiles.ts";
import { writeShardFile } from "./atomicShardFile.ts";
import { type FailedImage, failureColumns, failuresName, manifestColumns, manifestName, type StoredImage } from "./manifest.ts";
import { writeParquet } from "./parquet.ts";
import { readRecord, type ShardRecord } from "./shardRecord.ts";
import { headerName } from "./shardsHeader.ts";

/** From the shards' records, so that a resumed run writes what an undisturbed one writes. The list of hashes comes last: it says that all is there. */
export async function writeManifests(directory: string, images: readonly CohortImage[], shards: readonly number[]): Promise<void> {
  const sums = [await sumOf(directory, headerName)];
  for await (const { shard, sha256 } of records(directory, shards, images.length)) {
    sums.push(`${sha256}  ${shard}\n`);
    for (const extension of [".idx", ".json"]) sums.push(await sumOf(directory, shard.replace(/\.tar$/, extension)));
  }
  async function* stored(): AsyncGenerator<StoredImage> {
    for await (const record of records(directory, shards, images.length))
      yield* record.samples.map((sample) => ({ image: images[sample.image]!, sample, shard: record.shard }));
  }
  async function* failed(): AsyncGenerator<FailedImage> {
    for await (const record of records(directory, shards, images.length))
      yield* record.failures.map((failure) => ({ image: images[failure.image]!, failure }));
  }
  sums.push(`${await writeParquet(join(directory, manifestName), manifestColumns, stored())}  ${manifestName}\n`);
  sums.push(`${await writeParquet(join(directory, failuresName), failureColumns, failed())}  ${failuresName}\n`);
  await writeShardFile(join(directory, "SHA256SUMS"), sums.join(""));
}

/** A line as `sha256sum` prints it. */
const sumOf = async (directory: string, name: string): Promise<string> => `${await hashFile(join(directory, name))}  ${name}\n`;

async function* records(directory: string, shards: readonly number[], images: number): AsyncGenerator<ShardRecord> {
  for (const shard of shards) yield (await readRecord(directory, shard, images))!;
}
