import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ShardError } from "./shardError.ts";

/** A file that has its name only once it is whole and on the disk. */
export interface AsideFile {
  readonly bytes: number;
  write(content: Uint8Array): Promise<void>;
  /** Under its name, lasting; gives the SHA-256 of the content. */
  commit(): Promise<string>;
  discard(): Promise<void>;
}

const suffix = ".part";

/** Opens a file aside of where it will be. */
export async function asideFile(path: string): Promise<AsideFile> {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}${suffix}`);
  const hash = createHash("sha256");
  const file = await attempt(path, () => open(aside, "wx"));
  let bytes = 0;
  const discard = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    await rm(aside, { force: true });
  };
  return {
    get bytes() {
      return bytes;
    },
    async write(content) {
      await attempt(path, () => writeAll(file, content));
      hash.update(content);
      bytes += content.length;
    },
    async commit() {
      await attempt(path, async () => {
        await file.sync();
        await file.close();
        await rename(aside, path);
        await syncFolder(dirname(path));
      }).catch(async (error: unknown) => {
        await discard();
        throw error;
      });
      return hash.digest("hex");
    },
    discard,
  };
}

/** Writes a whole file; gives its SHA-256. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<string> {
  const file = await asideFile(path);
  try {
    await file.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
  } catch (error) {
    await file.discard();
    throw error;
  }
  return file.commit();
}

/** What an earlier, killed run has left aside; by its whole name, so that no file of anybody else is taken for it. */
export const isLeftover = (name: string): boolean =>
  /^\.(shard-\d{6}\.(tar|idx|json)|shards\.json|(manifest|failures)\.parquet|SHA256SUMS)\.[\da-f-]+\.part$/.test(name);

async function writeAll(file: FileHandle, content: Uint8Array): Promise<void> {
  for (let at = 0; at < content.length; ) at += (await file.write(content, at)).bytesWritten;
}

/** The new name itself is on the disk only with its folder. Not every file system can say so. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new ShardError("write-failed", `Expected to write ${basename(path)}, but the disk answered ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
    });
  }
}
