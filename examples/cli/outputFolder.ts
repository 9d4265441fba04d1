import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { requireEmptyFolder, writeFileAtomically } from "@mammo/files/node";

/** A folder whose files get their names together: all of them, or none. */
export interface OutputFolder {
  write(name: string, bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  /** Drops what was written unless it is committed. */
  discard(): Promise<void>;
}

/** A new or empty folder; until `commit` its files lie below a folder of another name in it. */
export async function outputFolder(path: string): Promise<OutputFolder> {
  await requireEmptyFolder(path);
  const waiting = join(path, ".unfinished");
  await mkdir(waiting, { recursive: true });
  return {
    async write(name, bytes) {
      await writeFileAtomically(join(waiting, name), bytes);
    },
    async commit() {
      for (const name of await readdir(waiting)) await rename(join(waiting, name), join(path, name));
      await rmdir(waiting);
    },
    discard: () => rm(waiting, { recursive: true, force: true }),
  };
}
