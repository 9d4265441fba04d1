import { realpath, stat } from "node:fs/promises";
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

/** Discs come with names in capitals, and file systems show them in small letters; many writers give files an extension that a DICOMDIR may not name (PS3.10 8.2). */
async function inside(root: string, names: readonly string[]): Promise<string | undefined> {
  const cases = [names, names.map((name) => name.toLowerCase())];
  const extended = [".dcm", ".DCM", ".ima", ".IMA"].flatMap((ending) => cases.map((one) => [...one.slice(0, -1), `${one.at(-1)}${ending}`]));
  for (const spelled of [...cases, ...extended]) {
    const real = await realpath(join(root, ...spelled)).catch(() => undefined);
    if (real === undefined) continue;
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
      throw new DicomError("invalid-attribute", "Expected a DICOMDIR's files to lie below its folder");
    return real;
  }
  return undefined;
}
