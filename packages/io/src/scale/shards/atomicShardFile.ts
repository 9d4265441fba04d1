import { basename } from "node:path";
import { FilesError } from "@mammo/files";
import { type AtomicFile, atomicFile, writeFileAtomically } from "@mammo/files/node";
import { ShardError } from "./shardError.ts";

/** A file of a folder of shards that has its name only once it is whole; what the disk refuses is a ShardError `write-failed` that names it. */
export async function atomicShardFile(path: string): Promise<AtomicFile> {
  const file = await writing(path, () => atomicFile(path));
  return {
    get bytes() {
      return file.bytes;
    },
    write: (content) => writing(path, () => file.write(content)),
    commit: () => writing(path, () => file.commit()),
    discard: () => file.discard(),
  };
}

/** Writes a whole file of a folder of shards; gives its SHA-256. */
export const writeShardFile = (path: string, content: Uint8Array | string): Promise<string> =>
  writing(path, () => writeFileAtomically(path, content));

/** Whether a name is that of a file which `writeShards` writes. */
export const isShardFile = (name: string): boolean =>
  /^(shard-\d{6}\.(tar|idx|json)|shards\.json|(manifest|failures)\.parquet|SHA256SUMS)$/.test(name);

async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof FilesError)) throw cause;
    const { code } = cause.cause as NodeJS.ErrnoException;
    throw new ShardError("write-failed", `Expected to write ${basename(path)}, but the disk answered ${code}`, { cause });
  }
}
