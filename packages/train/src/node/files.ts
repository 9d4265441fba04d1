import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes bytes to a file whole or not at all: aside, synced to the disk, then renamed over the old file. After a crash or `kill -9` at any moment the
 * path holds the old bytes or the new ones, never a part.
 *
 * Throws the file system's own error (ENOSPC, EACCES, …); the old file is then untouched and nothing is left aside.
 *
 * @example
 * await saveBytes("runs/7/last.safetensors", await report.checkpoint());
 */
export async function saveBytes(path: string, bytes: Uint8Array): Promise<void> {
  // Beside the target, since a rename is atomic only within one file system.
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  try {
    const file = await open(aside, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The bytes of a file, or undefined where there is none: a run that has not saved yet. Other errors are thrown. */
export async function loadBytes(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The rename itself must reach the disk. Windows cannot open folders, and needs no such step. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
