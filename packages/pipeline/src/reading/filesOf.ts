import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { FilesError } from "@mammo/files";
import { walkFolder } from "@mammo/files/node";
import { type DataSet, DicomError, tags } from "@mammo/io";
import { groupExams } from "@mammo/io/node";
import { PipelineError } from "../pipelineError.ts";
import { inFile } from "../score/namedFile.ts";
import { dataSetOf, textOf } from "./dataSetOf.ts";

/** A file that a user's path stands for. */
export interface NamedFile {
  /** In full. May name a patient. */
  readonly path: string;
  /** The folder that was named, or the one that the file lies in. */
  readonly root: string;
  /** Whether it is called as the directory of a disc is, and has no picture. */
  readonly isDirectory: boolean;
}

/** What paths stand for. */
export interface NamedFiles {
  /** Each file once, in the order of the paths, those of a folder by name. */
  readonly files: readonly NamedFile[];
  /** Where DICOMDIRs have files that are not there, or are no DICOM files. */
  readonly absent: readonly string[];
}

const isDicomDirName = (path: string): boolean => /(^|[\\/])DICOMDIR$/i.test(path);

/**
 * What paths stand for: a folder's files at all depths (links are not followed), the images that a DICOMDIR refers to, else the file itself.
 *
 * @throws PipelineError `missing-file` for a path that is not there or cannot be listed; DicomError for a DICOMDIR that is broken. Both name the path by its number.
 * @example const { files } = await filesOf(["archive", "disc/DICOMDIR", "LCC.dcm"]);
 */
export async function filesOf(paths: readonly string[]): Promise<NamedFiles> {
  const files = new Map<string, NamedFile>();
  const absent = new Set<string>();
  for (const [index, named] of paths.entries()) {
    const path = resolve(named);
    try {
      const found = await filesAt(path);
      for (const file of found.files) if (!files.has(file.path)) files.set(file.path, file);
      for (const file of found.absent) absent.add(file);
    } catch (error) {
      const place = `the ${index + 1}. of the files and folders named`;
      if (error instanceof DicomError) throw inFile(`In ${place}`, error);
      const cause = (error instanceof FilesError ? error.cause : error) as NodeJS.ErrnoException;
      if (cause?.syscall === undefined) throw error;
      throw new PipelineError("missing-file", `Expected to read ${place}, got ${cause.code}`, { cause });
    }
  }
  return { files: [...files.values()], absent: [...absent] };
}

async function filesAt(path: string): Promise<NamedFiles> {
  if ((await stat(path)).isDirectory()) {
    const found: string[] = [];
    for await (const file of walkFolder(path)) found.push(file);
    const files: NamedFile[] = [];
    for (const file of found.sort()) files.push({ path: file, root: path, isDirectory: isDicomDirName(file) && !(await hasPicture(file)) });
    return { files, absent: [] };
  }
  const root = dirname(path);
  if (!isDicomDirName(path)) return { files: [{ path, root, isDirectory: false }], absent: [] };
  const { exams, duplicates, unreadable } = await groupExams(path, { anySopClass: true });
  const found = [...exams.flatMap(({ images }) => images), ...duplicates, ...unreadable].map((file) => file.path);
  const real = await realpath(root);
  const names = new Set([...found.map((file) => relative(real, file)), basename(path)].map(spelled));
  const absent = imagesIn(await dataSetOf(path)).filter((name) => !names.has(spelled(name)));
  return { files: found.map((file) => ({ path: file, root, isDirectory: false })), absent: absent.map((name) => join(root, name)) };
}

/** A disc's names are in capitals and without an ending; file systems show them in small letters, and writers give them one. */
const spelled = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll("\\", "/")
    .replace(/\.(dcm|dicom|dic|ima)$/, "");

/** The images that a DICOMDIR refers to and that are in use (PS3.3 F.3), by their paths from its folder. */
const imagesIn = ({ elements }: DataSet): readonly string[] =>
  (elements.get(tags.DirectoryRecordSequence)?.items ?? [])
    .filter((record) => textOf(record, tags.DirectoryRecordType) === "IMAGE" && !isUnused(record))
    .map((record) =>
      textOf(record, tags.ReferencedFileID)
        .split("\\")
        .map((name) => name.trim())
        .join("/"),
    )
    .filter((name) => name !== "");

/** Record In-use Flag (0004,1410) of zero. */
function isUnused({ elements, bytes }: DataSet): boolean {
  const flag = elements.get(tags.RecordInUseFlag);
  return flag !== undefined && flag.length === 2 && bytes[flag.offset] === 0 && bytes[flag.offset + 1] === 0;
}

async function hasPicture(path: string): Promise<boolean> {
  try {
    return (await dataSetOf(path)).elements.has(tags.PixelData);
  } catch {
    return false;
  }
}
