import { FilesError } from "@mammo/files";
import { sha256 } from "@mammo/files/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { DicomError } from "../dicom/dicomError.ts";
import { fileSource } from "../dicom/fileSource.ts";
import { type MammoHeader, readMammoHeader } from "../dicom/header/mammoHeader.ts";
import { type Limits, limitsOf } from "../dicom/limits.ts";
import { parseDicom } from "../dicom/parse/parseDicom.ts";
import { tags } from "../dicom/tags.ts";
import { acquisitionKey, ranks } from "./acquisitionOrder.ts";
import { hashFile } from "./hashFiles.ts";
import { listFiles } from "./listFiles.ts";
import { isDicomDir } from "./readDicomDir.ts";

/** One image of an exam, before its pixels are decoded. */
export interface ExamImage {
  readonly path: string;
  /** Of the file. */
  readonly sha256: string;
  readonly header: MammoHeader;
  /** Where it stands among the images of its exam by time of acquisition, from 0. */
  readonly order: number;
}

/** The images of one study. */
export interface ExamFiles {
  /** Made of the Study Instance UID by SHA-256, so that it can stand in file names and logs; of the file where it names no study. */
  readonly id: string;
  readonly studyInstanceUid: string | undefined;
  /** By path. */
  readonly images: readonly ExamImage[];
}

/** What was found in the sources, file by file. */
export interface GroupedExams {
  /** In the order of their first images. */
  readonly exams: readonly ExamFiles[];
  /** Files that are something else, how many of each kind. */
  readonly skipped: { readonly notDicom: number; readonly notMammography: number; readonly dicomDir: number; readonly absent: number };
  /** The same image again: the same bytes, or the same SOP Instance UID. */
  readonly duplicates: readonly { readonly path: string; readonly of: string }[];
  /** DICOM files that are broken, and files that the file system does not give (`unreadable`). */
  readonly unreadable: readonly { readonly path: string; readonly error: DicomError }[];
}

/**
 * Folders, DICOMDIRs and files -> exams, by Study Instance UID. Of each file only the header is held, and no pixels are decoded.
 *
 * @throws DicomError for a DICOMDIR that is broken or leads out of its folder; the file system's error for a path that is not there.
 * @example
 * const { exams } = await groupExams("archive/2024");
 * for (const { images } of exams) console.log(selectViews(images).missing);
 */
export async function groupExams(
  sources: string | readonly string[],
  options: { readonly limits?: Partial<Limits>; readonly anySopClass?: boolean } = {},
): Promise<GroupedExams> {
  requireKnownKeys("groupExams", options, { limits: true, anySopClass: true });
  const limits = limitsOf(options.limits);
  const listed = await Promise.all([sources].flat().map((source) => listFiles(source, limits)));
  const skipped = { notDicom: 0, notMammography: 0, dicomDir: 0, absent: listed.reduce((sum, { absent }) => sum + absent, 0) };
  const duplicates: { path: string; of: string }[] = [];
  const unreadable: { path: string; error: DicomError }[] = [];
  const seen = new Map<string, string>();
  const exams = new Map<string, { readonly study: string | undefined; readonly images: (Omit<ExamImage, "order"> & { readonly key: string })[] }>();
  for (const path of new Set(listed.flatMap(({ paths }) => paths))) {
    try {
      const found = await readImage(path, { limits, anySopClass: options.anySopClass ?? false });
      if (found === "dicomDir") {
        skipped.dicomDir++;
        continue;
      }
      const { sopInstanceUid, studyInstanceUid } = found.header;
      const of = seen.get(found.sha256) ?? seen.get(sopInstanceUid ?? "");
      if (of !== undefined) {
        duplicates.push({ path, of });
        continue;
      }
      seen.set(found.sha256, path);
      if (sopInstanceUid !== undefined) seen.set(sopInstanceUid, path);
      const id = studyInstanceUid === undefined ? found.sha256 : sha256(studyInstanceUid);
      const exam = exams.get(id) ?? { study: studyInstanceUid, images: [] };
      exam.images.push(found);
      exams.set(id, exam);
    } catch (cause) {
      const error = cause instanceof DicomError ? cause : unreadableFile(cause);
      if (error.code === "not-dicom") skipped.notDicom++;
      else if (error.code === "not-mammography") skipped.notMammography++;
      else unreadable.push({ path, error });
    }
  }
  const grouped = [...exams].map(([id, { study, images }]): ExamFiles => {
    const orders = ranks(images.map(({ key }) => key));
    return { id, studyInstanceUid: study, images: images.map(({ key: _date, ...image }, at) => ({ ...image, order: orders[at]! })) };
  });
  return { exams: grouped, skipped, duplicates, unreadable };
}

/** What the file system says of one file, without its path; thrown on where it concerns all files. */
function unreadableFile(cause: unknown): DicomError {
  const { syscall, code = "" } = (cause instanceof FilesError ? (cause.cause ?? cause) : cause) as NodeJS.ErrnoException;
  const isOfFile = syscall !== undefined || cause instanceof FilesError;
  if (!isOfFile || ["EMFILE", "ENFILE", "ENOMEM"].includes(code)) throw cause;
  return new DicomError("unreadable", `Expected a file that can be read, got ${code}`);
}

async function readImage(
  path: string,
  options: { readonly limits: Limits; readonly anySopClass: boolean },
): Promise<"dicomDir" | (Omit<ExamImage, "order"> & { readonly key: string })> {
  const source = await fileSource(path);
  try {
    const file = await parseDicom(source, options.limits);
    if (isDicomDir(file.dataSet)) return "dicomDir";
    const header = readMammoHeader(file, options);
    if (!file.dataSet.elements.has(tags.PixelData)) throw new DicomError("no-pixels", "Expected Pixel Data (7fe0,0010)");
    return { path, sha256: await hashFile(path), header, key: acquisitionKey(file.dataSet) };
  } finally {
    await source.close();
  }
}
