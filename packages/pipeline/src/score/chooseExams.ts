import { resolve } from "node:path";
import { FilesError } from "@mammo/files";
import { sha256 } from "@mammo/files/node";
import { type DicomError, selectViews } from "@mammo/io";
import { type ExamImage, groupExams } from "@mammo/io/node";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { PipelineError } from "../pipelineError.ts";
import { hashName, inFile, readDicomBytes } from "./namedFile.ts";

/** One exam's images to examine, not yet read, and what its report has to say of the others. */
export interface ChosenExam {
  /** All that there are. */
  readonly images: readonly ExamImage[];
  /** Those to examine. */
  readonly files: readonly ExamImage[];
  /** By the SHA-256 of the file, and the rule of the policy that left it out. */
  readonly leftOut: readonly { readonly image: string; readonly rule: string }[];
  readonly missing: readonly { readonly laterality: Laterality; readonly position: ViewPosition }[];
}

/** A mammogram that could not be read. */
export interface UnreadableFile {
  /** Where it lies. May name a patient: for the eyes of whoever gave it, not for a report. */
  readonly path: string;
  /** Undefined where the disk does not give the file. */
  readonly sha256: string | undefined;
  /** Names the file by its content. */
  readonly error: DicomError;
}

/** What is done with files that cannot be read. */
export interface UnreadableOptions {
  /** Gets each of them, and the others are gone on with. Default: the first is thrown. */
  readonly onUnreadable?: ((file: UnreadableFile) => void) | undefined;
}

/**
 * Files, folders and DICOMDIRs -> the exams in them, with the images that the default policy of `selectViews` keeps.
 *
 * @throws PipelineError `missing-file` for a path that is not there, `no-mammogram` where there is none at all; DicomError for a mammogram that is broken, unless it goes to
 * `onUnreadable`. No text holds a path.
 */
export async function chooseExams(paths: readonly string[], { onUnreadable = thrown }: UnreadableOptions = {}): Promise<readonly ChosenExam[]> {
  const { exams, unreadable, skipped } = await groupExams(paths).catch((error: Error) => {
    const cause = (error instanceof FilesError ? error.cause : error) as NodeJS.ErrnoException;
    if (cause?.syscall === undefined) throw error;
    throw new PipelineError("missing-file", `Expected to read ${placeIn(paths, cause.path)}, got ${cause.code}`, { cause });
  });
  for (const { path, error } of unreadable) {
    const hash = error.code === "unreadable" ? undefined : sha256(await readDicomBytes(path));
    onUnreadable({ path, sha256: hash, error: inFile(hash === undefined ? `In ${placeIn(paths, path)}` : hashName(hash), error) });
  }
  if (exams.length === 0 && unreadable.length === 0)
    throw new PipelineError(
      "no-mammogram",
      `Expected at least one mammogram, got ${skipped.notDicom} files that are not DICOM and ${skipped.notMammography} of other kinds`,
    );
  return exams.map(({ images }) => chooseViews(images));
}

/** The images of an exam that are examined, by the default policy. */
export function chooseViews(images: readonly ExamImage[]): ChosenExam {
  const { kept, leftOut, missing } = selectViews(images);
  return { images, files: kept, leftOut: leftOut.map(({ image, rule }) => ({ image: image.sha256, rule })), missing };
}

/** @throws its error. */
export function thrown({ error }: UnreadableFile): never {
  throw error;
}

/** Which of the paths named leads to a file, by its number. */
function placeIn(paths: readonly string[], file: string | undefined): string {
  const number = paths.findIndex((path) => file !== undefined && resolve(file).startsWith(resolve(path))) + 1;
  return number > 0 ? `the ${number}. of the files and folders named` : "the files";
}
