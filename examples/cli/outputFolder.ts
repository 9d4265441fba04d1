import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { type ClaimOptions, claimFolder, removeAtExit, writeFileAtomically } from "@mammo/files/node";

/** A folder whose files get their names together: all of them, or none. */
export interface OutputFolder {
  write(name: string, content: string | Uint8Array): Promise<void>;
  commit(): Promise<void>;
  /** Drops what was written unless it is committed, and gives the folder back. */
  discard(): Promise<void>;
}

const waitingName = ".waiting";

/** A new or empty folder, or one that a killed run of the same program left; until `commit` its files lie below a folder of another name in it. */
export async function outputFolder(path: string, { program, isOwn }: ClaimOptions): Promise<OutputFolder> {
  const claimed = await claimFolder(path, {
    program,
    isOwn: (name) => isOwn(name.startsWith(`${waitingName}/`) ? name.slice(waitingName.length + 1) : name),
  });
  const waiting = join(path, waitingName);
  const finished = removeAtExit(waiting);
  let isEmpty = true;
  return {
    async write(name, content) {
      await writeFileAtomically(join(waiting, name), content);
    },
    async commit() {
      await mkdir(waiting, { recursive: true });
      isEmpty = false;
      for (const name of await readdir(waiting)) await rename(join(waiting, name), join(path, name));
      await rmdir(waiting);
      finished();
      await claimed.finish();
    },
    async discard() {
      await rm(waiting, { recursive: true, force: true });
      finished();
      if (isEmpty) await claimed.finish();
      await claimed.release();
    },
  };
}
