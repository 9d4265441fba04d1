import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { FilesError } from "../filesError.ts";

/** How far a walk goes. */
export interface WalkOptions {
  /** Files and folders in all. Default 10 million. */
  readonly maxEntries?: number;
  /** Whether links to regular files count as files (git-annex and datalad keep data so). Links to folders are never followed. Default false. */
  readonly followFileLinks?: boolean;
}

/**
 * The regular files of a folder at all depths, folder by folder, in the order of their names; links are not followed, unless to files where `followFileLinks` says so.
 *
 * @throws FilesError `unreadable` for a folder that the disk refuses to list, `too-large` beyond `maxEntries`.
 * @example for await (const path of walkFolder("archive")) await read(path);
 */
export async function* walkFolder(folder: string, { maxEntries = 10_000_000, followFileLinks = false }: WalkOptions = {}): AsyncGenerator<string> {
  let seen = 0;
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const entries: { readonly name: string; readonly isFolder: boolean }[] = [];
    try {
      for await (const entry of await opendir(next)) {
        if (++seen > maxEntries) throw new FilesError("too-large", `Expected a folder of at most ${maxEntries} entries`);
        const isFile = entry.isFile() || (followFileLinks && entry.isSymbolicLink() && (await leadsToFile(join(next, entry.name))));
        if (isFile || entry.isDirectory()) entries.push({ name: entry.name, isFolder: entry.isDirectory() });
      }
    } catch (cause) {
      if (cause instanceof FilesError) throw cause;
      throw new FilesError("unreadable", `Expected a folder that can be listed, got ${(cause as NodeJS.ErrnoException).code}`, { cause });
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, isFolder } of entries) if (!isFolder) yield join(next, name);
    // The last one in is the first one out.
    for (const { name, isFolder } of entries.reverse()) if (isFolder) pending.push(join(next, name));
  }
}

/** A link that leads nowhere is none. */
const leadsToFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (target) => target.isFile(),
    () => false,
  );
