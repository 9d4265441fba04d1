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
  const referred = readDicomDir(dataSet);
  const find = finder(root);
  const paths = new Set<string>();
  let absent = 0;
  for (const names of referred) {
    const path = await find(names);
    if (path === undefined) absent++;
    else paths.add(path);
  }
  return { paths: [...paths], absent };
}

/**
 * A name of a DICOMDIR, folder by folder, as the file system has it: discs come with names in capitals and file systems show them in small letters, and many writers
 * give their files the ending that PS3.10 8.2 does not allow. Undefined where nothing, or more than one file with an ending, has that name. Each folder is listed once,
 * and each of its names followed once, however many records there are.
 */
function finder(root: string): (names: readonly string[]) => Promise<string | undefined> {
  const lists = new Map<string, Promise<Listed>>();
  const reals = new Map<string, Promise<string | undefined>>();
  const once = <T>(known: Map<string, Promise<T>>, key: string, make: (key: string) => Promise<T>): Promise<T> => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
  const follow = async (path: string): Promise<string | undefined> => {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined && !real.startsWith(root.endsWith(sep) ? root : root + sep))
      throw new DicomError("invalid-attribute", "Expected a DICOMDIR's files to lie below its folder");
    return real;
  };
  return async (names) => {
    let at: string | undefined = root;
    for (const name of names) {
      const found: string | undefined = nameIn(await once(lists, at, list), name);
      if (found === undefined) return undefined;
      at = await once(reals, join(at, found), follow);
      if (at === undefined) return undefined;
    }
    return at;
  };
}

/** A folder's names; and by a name in small letters the one that it stands for, null where there are several. */
interface Listed {
  readonly exact: ReadonlySet<string>;
  readonly otherwise: ReadonlyMap<string, string | null>;
}

const nameIn = ({ exact, otherwise }: Listed, name: string): string | undefined =>
  exact.has(name) ? name : (otherwise.get(name.toLowerCase()) ?? undefined);

async function list(folder: string): Promise<Listed> {
  const entries = await readdir(folder).catch((): string[] => []);
  const [spelled, bare] = [new Map<string, string>(), new Map<string, string | null>()];
  for (const entry of entries) {
    const small = entry.toLowerCase();
    const stem = small.replace(/\.(dcm|dicom|dic|ima)$/, "");
    if (!spelled.has(small)) spelled.set(small, entry);
    bare.set(stem, bare.has(stem) ? null : entry);
  }
  return { exact: new Set(entries), otherwise: new Map([...bare, ...spelled]) };
}
