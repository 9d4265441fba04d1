import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes aside, then renames: under the final name there is the whole file or none, also after a kill or a full disk.
 * `lasting` (default) waits for the disk, so that a power cut loses nothing either; it costs a tenth of a second a file.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  { lasting = true, mode = 0o666 }: { readonly lasting?: boolean; readonly mode?: number } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(aside, "wx", mode);
    try {
      await file.writeFile(content);
      if (lasting) await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true });
    throw Object.assign(
      new Error(`Expected to write ${basename(path)} (${content.length} bytes), but the disk answered ${(cause as NodeJS.ErrnoException).code}`, {
        cause,
      }),
      { code: "write-failed" },
    );
  }
}

/** For folders that must hold one run's files alone. Throws `not-empty` for a folder with anything in it. */
export async function requireEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return [];
  });
  if (names.length > 0)
    throw Object.assign(new Error(`Expected a new or empty folder to write to, got one with ${names.length} entries`), { code: "not-empty" });
}

/** The parsed JSON file, or undefined where there is none. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Lower-case hexadecimal SHA-256. */
export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
