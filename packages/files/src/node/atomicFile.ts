import { createHash, randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FilesError } from "../filesError.ts";
import { removeAtExit } from "./removeAtExit.ts";

/** A file that has its name only once it is whole and on the disk. */
export interface AtomicFile {
  readonly bytes: number;
  write(content: Uint8Array): Promise<void>;
  /** Under its name, lasting; gives the SHA-256 of the content in hexadecimal. */
  commit(): Promise<string>;
  discard(): Promise<void>;
}

/** How a file is written. */
export interface WriteOptions {
  /** Wait for the disk (the default), so that a power cut loses nothing either; it costs a tenth of a second a file. */
  readonly durable?: boolean;
  /** Permissions before the process's mask. Default 0o666. */
  readonly mode?: number;
}

/**
 * Opens a file beside where it will be; its folder is made where it is not there. After a crash or `kill -9` at any moment the path holds the old bytes or the new ones,
 * never a part. Where the process ends by `process.exit` or an error, nothing is left beside it.
 *
 * @throws FilesError `write-failed` where the disk refuses, also from `write` and `commit`; the old file is then untouched.
 */
export async function atomicFile(path: string, { durable = true, mode = 0o666 }: WriteOptions = {}): Promise<AtomicFile> {
  // Beside the target, since a rename is atomic only within one file system.
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const hash = createHash("sha256");
  let finished = (): void => undefined;
  const file = await attempt(async () => {
    // While nothing else runs: what the thread pool made after the process had begun to end would stay.
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(aside, "wx", mode));
    finished = removeAtExit(aside);
    return open(aside, "r+");
  });
  let bytes = 0;
  const discard = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    await rm(aside, { force: true });
    finished();
  };
  return {
    get bytes() {
      return bytes;
    },
    async write(content) {
      await attempt(() => writeAll(file, content));
      hash.update(content);
      bytes += content.length;
    },
    async commit() {
      await attempt(async () => {
        if (durable) await file.sync();
        await file.close();
        await rename(aside, path);
        finished();
        if (durable) await syncFolder(dirname(path));
      }).catch(async (error: unknown) => {
        await discard();
        throw error;
      });
      return hash.digest("hex");
    },
    discard,
  };
}

/**
 * Writes a file whole or not at all; gives its SHA-256 in hexadecimal.
 *
 * @throws FilesError `write-failed` where the disk refuses; the old file is then untouched and nothing is left beside it.
 * @example await writeFileAtomically("runs/7/last.safetensors", await report.checkpoint());
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string, options?: WriteOptions): Promise<string> {
  const file = await atomicFile(path, options);
  try {
    await file.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
  } catch (error) {
    await file.discard();
    throw error;
  }
  return file.commit();
}

/** Is the name that of a file which a killed writer left beside `target`? By the whole name, so that nobody else's file is taken for it. */
export function isTemporaryName(name: string, isTarget: (target: string) => boolean): boolean {
  const target = /^\.(.+)\.[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}\.part$/.exec(name)?.[1];
  return target !== undefined && isTarget(target);
}

/** Removes what killed writers of such files have left in a folder. To be called under the folder's lock. */
export async function removeTemporary(folder: string, isTarget: (target: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) if (isTemporaryName(name, isTarget)) await rm(join(folder, name), { force: true });
}

async function writeAll(file: FileHandle, content: Uint8Array): Promise<void> {
  for (let at = 0; at < content.length; ) at += (await file.write(content, at)).bytesWritten;
}

/** The new name itself is on the disk only with its folder. Not every file system can say so, and Windows cannot open folders. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function attempt<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new FilesError("write-failed", `Expected to write a file, but the disk answered ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}
