import { randomUUID } from "node:crypto";
import { linkSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FilesError } from "../filesError.ts";
import { removeAtExit } from "./removeAtExit.ts";

/**
 * Creates a file with its content from the first moment, readable by its owner only, unless there is one of that name: gives whether it was created. Of two that try at once one succeeds.
 *
 * @throws FilesError `write-failed` where the disk refuses.
 * @example if (!(await createFile("key", randomBytes(32)))) key = await readRegularFile("key");
 */
export async function createFile(path: string, content: Uint8Array | string): Promise<boolean> {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const mode = 0o600;
  const finished = removeAtExit(aside);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // As in atomicFile while nothing else runs, so that no thread makes a file once the process has begun to end.
    writeFileSync(aside, content, { flag: "wx", mode, flush: true });
    try {
      linkSync(aside, path);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(code)) throw error;
      writeFileSync(path, content, { flag: "wx", mode }); // a file system without links
    }
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    throw new FilesError("write-failed", `Expected to write a file, but the disk answered ${code}`, { cause });
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
    finished();
  }
}
