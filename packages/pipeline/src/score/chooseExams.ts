import { resolve } from "node:path";
import { sha256 } from "@mammo/files/node";
import { type DicomError, selectViews, tags } from "@mammo/io";
import { type ExamImage, groupExams, type WorkerReadOptions } from "@mammo/io/node";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { PipelineError } from "../pipelineError.ts";
import { dataSetOf } from "../reading/dataSetOf.ts";
import { filesOf } from "../reading/filesOf.ts";
import { fileReadings, optionsOf, type ReadingNeeds, type ReadingRules, type RuledReading, readingNeeds } from "../reading/readingRules.ts";
import type { LeftOutReason } from "./leftOutReasons.ts";
import { hashName, inFile, readDicomBytes } from "./namedFile.ts";

/** An image of an exam, and how it is read: its header is completed by what the rules say of it. */
export interface ChosenImage extends ExamImage {
  readonly reading: WorkerReadOptions;
  /** What would let it be read; undefined where nothing is lacking. */
  readonly needs: ReadingNeeds | undefined;
}

/** One exam's images to examine, not yet read, and what its report has to say of the others. */
export interface ChosenExam {
  /** All that there are. */
  readonly images: readonly ChosenImage[];
  /** Those to examine. */
  readonly files: readonly ChosenImage[];
  /** By the SHA-256 of the file, and the rule of the policy that left it out; the path may name a patient. */
  readonly leftOut: readonly { readonly image: string; readonly rule: LeftOutReason; readonly path: string }[];
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
  /** What would let it be read, where that is known. */
  readonly needs?: ReadingNeeds | undefined;
}

/** A file that nothing is wrong with and that is in no score. */
export interface LeftOutFile {
  /** Where it lies. May name a patient: for the eyes of whoever gave it, not for a report. */
  readonly path: string;
  readonly sha256?: string | undefined;
  readonly why: LeftOutReason;
  /** Number of the exam that it is of, where that has other images which are scored. */
  readonly exam?: number | undefined;
  /** What would let it be read, where that is known. */
  readonly needs?: ReadingNeeds | undefined;
}

/** What is done with files that are in no score. */
export interface UnreadableOptions {
  /** Gets each mammogram that cannot be read, and the others are gone on with. Default: the first is thrown. */
  readonly onUnreadable?: ((file: UnreadableFile) => void) | undefined;
  /** Gets each file that is left out although nothing is wrong with it. */
  readonly onLeftOut?: ((file: LeftOutFile) => void) | undefined;
}

/** Which files are exams. */
export interface ChooseExamsOptions extends UnreadableOptions, ReadingRules {}

/**
 * Files, folders and DICOMDIRs -> the exams in them, with the images that the default policy of `selectViews` keeps.
 *
 * Every file is in an exam, or goes to `onUnreadable` or `onLeftOut`; what the policy leaves out goes there when its exam is read, by `readExams`.
 *
 * @throws PipelineError `missing-file` for a path that is not there, `no-mammogram` where there is none at all, `table` as `matchViewTable`; DicomError for a mammogram that is broken, unless it goes to
 * `onUnreadable`. No text holds a path.
 */
export async function chooseExams(paths: readonly string[], options: ChooseExamsOptions = {}): Promise<readonly ChosenExam[]> {
  requireKnownKeys("chooseExams", options, { onUnreadable: true, onLeftOut: true, anySopClass: true, mmPerPixel: true, profile: true, views: true });
  const { onUnreadable = thrown, onLeftOut = () => {}, ...rules } = options;
  const { files, absent } = await filesOf(paths);
  // A disc's directory is no image; its files are found beside it.
  const named = files.filter(({ isDirectory }) => !isDirectory).map(({ path }) => path);
  const readingOf = fileReadings(rules, named);
  for (const path of absent) onLeftOut({ path, why: "absent" });
  // Of all SOP classes: what is not read is told by its name.
  const { exams, unreadable, duplicates } = await groupExams(named, { anySopClass: true });
  const found = [...exams.flatMap(({ images }) => images), ...duplicates, ...unreadable];
  const isDicom = new Set(found.map(({ path }) => path));
  for (const path of named) if (!isDicom.has(path)) onLeftOut({ path, why: "not-dicom" });
  let [mammograms, others] = [0, 0];
  for (const { path, error } of unreadable) {
    if (await isOfOtherKind(path, await readingOf(path))) {
      others++;
      onLeftOut({ path, why: "not-mammography" });
      continue;
    }
    mammograms++;
    const hash = error.code === "unreadable" ? undefined : sha256(await readDicomBytes(path));
    const place = hash === undefined ? `In ${placeIn(paths, path)}` : hashName(hash);
    onUnreadable({ path, sha256: hash, error: inFile(place, error) });
  }
  const byExam = new Map<string, ChosenImage[]>();
  const left = new Map<string, LeftOutReason>();
  for (const { id, images } of exams)
    for (const image of images) {
      const reading = await readingOf(image.path);
      const needs = await readingNeeds(image.path, image.header, reading);
      const isAdmitted = image.header.isMammography || reading.anySopClass;
      const why = !isAdmitted ? "not-mammography" : reading.isPart ? "part" : undefined;
      if (why !== undefined) {
        others++;
        left.set(image.path, why);
        onLeftOut({ path: image.path, sha256: image.sha256, why, ...(why === "part" ? {} : { needs }) });
        continue;
      }
      mammograms++;
      const exam = reading.exam === undefined ? id : `named ${reading.exam}`;
      if (!byExam.has(exam)) byExam.set(exam, []);
      byExam.get(exam)!.push({ ...completed(image, reading), reading: optionsOf(reading), needs });
    }
  for (const { path, of } of duplicates) onLeftOut({ path, why: left.get(of) ?? "duplicate" });
  if (mammograms === 0)
    throw new PipelineError(
      "no-mammogram",
      `Expected at least one mammogram, got ${named.length - isDicom.size} files that are not DICOM and ${others} of other kinds`,
    );
  return [...byExam.values()].map(chooseViews);
}

/** The images of an exam that are examined, by the default policy. */
export function chooseViews(images: readonly ChosenImage[]): ChosenExam {
  const { kept, leftOut, missing } = selectViews(images);
  return { images, files: kept, leftOut: leftOut.map(({ image, rule }) => ({ image: image.sha256, rule, path: image.path })), missing };
}

/** @throws its error. */
export function thrown({ error }: UnreadableFile): never {
  throw error;
}

/** An image with a header that says what the rules say of it. */
function completed(image: ExamImage, { laterality, view: position }: RuledReading): ExamImage {
  const { header } = image;
  const view = header.view.position === undefined && position !== undefined ? { ...header.view, position } : header.view;
  return { ...image, header: { ...header, laterality: header.laterality ?? laterality, view } };
}

/** Whether a file that is not read as an image is none that should be: of another SOP class, and not admitted or without a picture. */
async function isOfOtherKind(path: string, { anySopClass }: RuledReading): Promise<boolean> {
  if ((await groupExams(path)).skipped.notMammography === 0) return false;
  return !anySopClass || !(await dataSetOf(path)).elements.has(tags.PixelData);
}

/** Which of the paths named leads to a file, by its number. */
function placeIn(paths: readonly string[], file: string): string {
  const number = paths.findIndex((path) => file.startsWith(resolve(path))) + 1;
  return number > 0 ? `the ${number}. of the files and folders named` : "the files";
}
