import { resolve } from "node:path";
import { selectViews } from "@mammo/io";
import { type ExamImage, groupExams } from "@mammo/io/node";
import { sha256 } from "../shared/files.ts";
import { UsageError } from "../shared/program.ts";
import { readBytes } from "../shared/readBytes.ts";

/** One exam's images to look at, and what its report has to say of the others. */
export interface ChosenExam {
  readonly images: readonly ExamImage[];
  /** By the SHA-256 of the file, and the rule of the policy that left it out. */
  readonly leftOut: readonly { readonly file: string; readonly rule: string }[];
  /** Such as R-CC. */
  readonly missing: readonly string[];
}

/** How texts name a file: as reports do, by its content, since its name may be a patient's. `sha256sum` finds it. */
export const hashName = (hash: string): string => `File ${hash.slice(0, 16)} (SHA-256)`;

/**
 * Files, folders and DICOMDIRs -> exams. Throws for a path that is not there, a mammogram that is broken, and where there is none at all.
 */
export async function examsIn(paths: readonly string[]): Promise<readonly ChosenExam[]> {
  if (new Set(paths).size < paths.length) throw new UsageError("Expected each file once, got one of them twice");
  const { exams, unreadable, skipped } = await groupExams(paths).catch((cause: NodeJS.ErrnoException) => {
    if (cause.syscall === undefined) throw cause;
    throw Object.assign(new Error(`Expected to read ${placeIn(paths, cause.path)}, got ${cause.code}`, { cause }), { code: "missing-file" });
  });
  for (const { path, error } of unreadable) {
    const name = error.code === "unreadable" ? `In ${placeIn(paths, path)}` : hashName(sha256(await readBytes(path)));
    throw Object.assign(new Error(`${name}: ${error.message}`, { cause: error }), { code: error.code });
  }
  if (exams.length === 0)
    throw Object.assign(
      new Error(`Expected at least one mammogram, got ${skipped.notDicom} files that are not DICOM and ${skipped.notMammography} of other kinds`),
      {
        code: "no-mammogram",
      },
    );
  return exams.map(({ images }) => {
    const { kept, leftOut, missing } = selectViews(images);
    return {
      images: kept,
      leftOut: leftOut.map(({ image, rule }) => ({ file: image.sha256, rule })),
      missing: missing.map(({ laterality, position }) => `${laterality}-${position}`),
    };
  });
}

/** Which of the paths named leads to a file, by its number. */
function placeIn(paths: readonly string[], file: string | undefined): string {
  const number = paths.findIndex((path) => file !== undefined && resolve(file).startsWith(resolve(path))) + 1;
  return number > 0 ? `the ${number}. of the files and folders named` : "the files";
}
