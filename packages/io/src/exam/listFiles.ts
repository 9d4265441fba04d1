import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { readRegularFile, walkFolder } from "@mammo/files/node";
import { DicomError } from "../dicom/dicomError.ts";
import type { Limits } from "../dicom/limits.ts";
import { parseDicom } from "../dicom/parse/parseDicom.ts";
import { isDicomDir, readDicomDir } from "./readDicomDir.ts";

/** Files by their full paths; and how many a DICOMDIR refers to that are not there. */
export interface ListedFiles {
  readonly paths: readonly string[];
  readonly absent: number;
}

/**
 * What a path stands for: a folder's files at all depths, by name (links are not followed); the images that a DICOMDIR refers to; else the file itself.
 *
 * @throws DicomError for a DICOMDIR that is broken or leads out of its folder; the file system's error for a path that is not there; FilesError for a folder that cannot be listed.
 */
export async function listFiles(path: string, limits: Limits): Promise<ListedFiles> {
  const at = resolve(path);
  if ((await stat(at)).isDirectory()) {
    const paths: string[] = [];
    for await (const file of walkFolder(at)) paths.push(file);
    return { paths: paths.sort(), absent: 0 };
  }
  if (!/(^|[\\/])DICOMDIR$/i.test(at)) return { paths: [at], absent: 0 };
  const { dataSet } = await parseDicom(await readRegularFile(at, { maxBytes: limits.fileBytes }), limits);
  if (!isDicomDir(dataSet)) return { paths: [at], absent: 0 };
  const root = await realpath(dirname(at));
  const found = await Promise.all(readDicomDir(dataSet).map((names) => inside(root, names)));
  const paths = found.filter((one) => one !== undefined);
  return { paths: [...new Set(paths)], absent: found.length - paths.length };
}

/**
 * A name of a DICOMDIR, folder by folder, as the file system has it: discs come with names in capitals and file systems show them in small letters, and many writers
 * give their files the ending that PS3.10 8.2 does not allow. Undefined where nothing, or more than one file with an ending, has that name.
 */
async function inside(root: string, names: readonly string[]): Promise<string | undefined> {
  let at = root;
  for (const name of names) {
    const entries = await readdir(at).catch((): string[] => []);
    const found = entries.includes(name) ? name : spelledOtherwise(entries, name);
    if (found === undefined) return undefined;
    at = join(at, found);
  }
  const real = await realpath(at).catch(() => undefined);
  if (real !== undefined && !real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new DicomError("invalid-attribute", "Expected a DICOMDIR's files to lie below its folder");
  return real;
}

function spelledOtherwise(entries: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  const same = entries.find((entry) => entry.toLowerCase() === wanted);
  if (same !== undefined) return same;
  const ending = entries.filter((entry) => entry.toLowerCase().replace(/\.(dcm|dicom|dic|ima)$/, "") === wanted);
  return ending.length === 1 ? ending[0] : undefined;
}
