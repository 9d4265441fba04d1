import { relative } from "node:path";
import { FilesError } from "@mammo/files";
import { walkFolder } from "@mammo/files/node";

/** The files of a folder at all depths, sorted, by their names below it; [] where the folder cannot be listed. Links to files count as files, links to folders are not followed. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const path of walkFolder(folder, { followFileLinks: true })) names.push(relative(folder, path));
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    return [];
  }
  return names.sort();
}
