import { createHash } from "node:crypto";
import { constants, type FileHandle, open, realpath } from "node:fs/promises";
import { sep } from "node:path";
import { FilesError } from "../filesError.ts";
import { parseJson } from "../json.ts";

/** What is read at most, and from where. */
export interface ReadOptions {
  /** Default 4 GiB. */
  readonly maxBytes?: number;
  /** The folder that the file must lie below, links resolved. Default: anywhere, as for a path that the user named. */
  readonly below?: string | undefined;
}

/**
 * Opens a regular file for reading: devices, pipes and folders are refused without being waited for. The caller closes the handle.
 *
 * @throws FilesError `unreadable`, `not-a-file`, `outside` or `too-large`; its text holds no path.
 */
export async function openRegularFile(
  path: string,
  { maxBytes = 2 ** 32, below }: ReadOptions = {},
): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  if (below !== undefined) await requireBelow(path, below);
  // Not blocking: to open a pipe would else wait for whoever writes into it.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(cause);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile())
      throw new FilesError("not-a-file", `Expected a regular file, got ${stats.isDirectory() ? "a folder" : "a device, pipe or socket"}`);
    if (stats.size > maxBytes) throw new FilesError("too-large", `Expected a file of at most ${maxBytes} bytes, got ${stats.size}`);
    return { handle, size: stats.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The bytes of a regular file.
 *
 * @throws FilesError as `openRegularFile` does.
 * @example const bytes = await readRegularFile("exam/LCC.dcm", { maxBytes: 2 ** 30 });
 */
export async function readRegularFile(path: string, options?: ReadOptions): Promise<Uint8Array> {
  const { handle } = await openRegularFile(path, options);
  try {
    return await handle.readFile();
  } catch (cause) {
    throw unreadable(cause as NodeJS.ErrnoException);
  } finally {
    await handle.close();
  }
}

/** The same, or undefined where there is no file. */
export async function readFileIfThere(path: string, options?: ReadOptions): Promise<Uint8Array | undefined> {
  try {
    return await readRegularFile(path, options);
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    if (cause?.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * The value in a JSON file of at most 16 MiB and a million values, or undefined where there is no file.
 *
 * @throws FilesError as `openRegularFile` and `parseJson` do.
 */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readFileIfThere(path, { maxBytes: 2 ** 24 });
  return bytes && parseJson(bytes);
}

/** SHA-256 in hexadecimal. */
export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

const unreadable = (cause: NodeJS.ErrnoException) => new FilesError("unreadable", `Expected a file that can be read, got ${cause.code}`, { cause });

async function requireBelow(path: string, folder: string): Promise<void> {
  const [file, root] = await Promise.all([realpath(path), realpath(folder)]).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(cause);
  });
  if (!file.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new FilesError("outside", "Expected a file below the stated folder, got one elsewhere");
}
