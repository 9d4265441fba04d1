import { resolve } from "node:path";
import { FilesError } from "@mammo/files";
import { sha256 } from "@mammo/files/node";
import { selectViews } from "@mammo/io";
import { type ExamImage, groupExams } from "@mammo/io/node";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { PipelineError } from "../pipelineError.ts";
import { hashName, inFile, readDicomBytes } from "./namedFile.ts";

/** One exam's images to examine, not yet read, and what its report has to say of the others. */
export interface ChosenExam {
  readonly files: readonly ExamImage[];
  /** By the SHA-256 of the file, and the rule of the policy that left it out. */
  readonly leftOut: readonly { readonly image: string; readonly rule: string }[];
  readonly missing: readonly { readonly laterality: Laterality; readonly position: ViewPosition }[];
}

/**
 * Files, folders and DICOMDIRs -> the exams in them, with the images that the default policy of `selectViews` keeps.
 *
 * @throws PipelineError `missing-file` for a path that is not there, `no-mammogram` where there is none at all; DicomError for a mammogram that is broken. No text holds a path.
 */
export async function chooseExams(paths: readonly string[]): Promise<readonly ChosenExam[]> {
  const { exams, unreadable, skipped } = await groupExams(paths).catch((error: Error) => {
    const cause = (error instanceof FilesError ? error.cause : error) as NodeJS.ErrnoException;
    if (cause?.syscall === undefined) throw error;
    throw new PipelineError("missing-file", `Expected to read ${placeIn(paths, cause.path)}, got ${cause.code}`, { cause });
  });
  for (const { path, error } of unreadable)
    throw error.code === "unreadable" ? inFile(`In ${placeIn(paths, path)}`, error) : inFile(hashName(sha256(await readDicomBytes(path))), error);
  if (exams.length === 0)
    throw new PipelineError(
      "no-mammogram",
      `Expected at least one mammogram, got ${skipped.notDicom} files that are not DICOM and ${skipped.notMammography} of other kinds`,
    );
  return exams.map(({ images }) => {
    const { kept, leftOut, missing } = selectViews(images);
    return { files: kept, leftOut: leftOut.map(({ image, rule }) => ({ image: image.sha256, rule })), missing };
  });
}

/** Which of the paths named leads to a file, by its number. */
function placeIn(paths: readonly string[], file: string | undefined): string {
  const number = paths.findIndex((path) => file !== undefined && resolve(file).startsWith(resolve(path))) + 1;
  return number > 0 ? `the ${number}. of the files and folders named` : "the files";
}
