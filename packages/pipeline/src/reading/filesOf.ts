import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FilesError } from "@mammo/files";
import { walkFolder } from "@mammo/files/node";
import { DicomError, tags } from "@mammo/io";
import { groupExams } from "@mammo/io/node";
import { PipelineError } from "../pipelineError.ts";
import { inFile } from "../score/namedFile.ts";
import { dataSetOf } from "./dataSetOf.ts";

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
  /** DICOMDIRs that refer to files which are not there, or are no DICOM files, and how many each. */
  readonly absent: readonly { readonly path: string; readonly files: number }[];
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
  const absent: { path: string; files: number }[] = [];
  for (const [index, named] of paths.entries()) {
    const path = resolve(named);
    try {
      const found = await filesAt(path);
      for (const file of found.files) if (!files.has(file.path)) files.set(file.path, file);
      if (found.absent > 0) absent.push({ path, files: found.absent });
    } catch (error) {
      const place = `the ${index + 1}. of the files and folders named`;
      if (error instanceof DicomError) throw inFile(`In ${place}`, error);
      const cause = (error instanceof FilesError ? error.cause : error) as NodeJS.ErrnoException;
      if (cause?.syscall === undefined) throw error;
      throw new PipelineError("missing-file", `Expected to read ${place}, got ${cause.code}`, { cause });
    }
  }
  return { files: [...files.values()], absent };
}

async function filesAt(path: string): Promise<{ readonly files: readonly NamedFile[]; readonly absent: number }> {
  if ((await stat(path)).isDirectory()) {
    const found: string[] = [];
    for await (const file of walkFolder(path)) found.push(file);
    const files: NamedFile[] = [];
    for (const file of found.sort()) files.push({ path: file, root: path, isDirectory: isDicomDirName(file) && !(await hasPicture(file)) });
    return { files, absent: 0 };
  }
  const root = dirname(path);
  if (!isDicomDirName(path)) return { files: [{ path, root, isDirectory: false }], absent: 0 };
  const { exams, duplicates, unreadable, skipped } = await groupExams(path, { anySopClass: true });
  const listed = [...exams.flatMap(({ images }) => images), ...duplicates, ...unreadable];
  return { files: listed.map((file) => ({ path: file.path, root, isDirectory: false })), absent: skipped.absent + skipped.notDicom };
}

async function hasPicture(path: string): Promise<boolean> {
  try {
    return (await dataSetOf(path)).elements.has(tags.PixelData);
  } catch {
    return false;
  }
}
