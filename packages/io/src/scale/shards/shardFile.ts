import { join } from "node:path";
import { sha256 } from "@mammo/files/node";
import { atomicShardFile, writeShardFile } from "./atomicShardFile.ts";
import type { Sample } from "./makeSample.ts";
import { type ByteRange, recordHeader, type SampleRecord } from "./sampleRecord.ts";
import { indexOf } from "./shardIndex.ts";
import { type ShardFailure, type ShardRecord, shardName } from "./shardRecord.ts";
import { jsonLine, type ShardsHeader } from "./shardsHeader.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar.ts";

/** WebDataset's readers pass over members of such a name. */
const schemaName = "__schema__";

/** One shard while it is being written: a tar file of a header and two members an image. */
export interface ShardFile {
  add(image: number, sample: Sample): Promise<void>;
  fail(failure: ShardFailure): void;
  /** Gives the three files of the shard their names: pixels, then index, then record. */
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** Begins a shard. */
export async function shardFile(directory: string, shard: number, header: ShardsHeader): Promise<ShardFile> {
  const name = shardName(shard);
  const file = await atomicShardFile(join(directory, `${name}.tar`));
  const samples: SampleRecord[] = [];
  const failures: ShardFailure[] = [];
  const member = async (as: string, content: Uint8Array): Promise<ByteRange> => {
    await file.write(tarHeader(as, content.length));
    const offset = file.bytes;
    await file.write(content);
    await file.write(tarPadding(content.length));
    return { offset, length: content.length };
  };
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(jsonLine(value));
  try {
    await member(schemaName, text({ ...header, shard }));
  } catch (error) {
    await file.discard();
    throw error;
  }
  return {
    async add(image, { png, sidecar, sourceBytes }) {
      const key = String(image).padStart(9, "0"); // a number: the name of a file may be the name of a patient
      const range = await member(`${key}.json`, text({ image, ...sidecar }));
      samples.push({
        image,
        key,
        sidecar: range,
        png: { ...(await member(`${key}.png`, png)), sha256: sha256(png) },
        sourceBytes,
        header: recordHeader(sidecar),
      });
    },
    fail: (failure) => void failures.push(failure),
    async finish() {
      await file.write(tarEnd);
      const bytes = file.bytes;
      const record: ShardRecord = { shard: `${name}.tar`, bytes, sha256: await file.commit(), samples, failures };
      await writeShardFile(join(directory, `${name}.idx`), indexOf(samples));
      await writeShardFile(join(directory, `${name}.json`), jsonLine(record));
    },
    discard: () => file.discard(),
  };
}
