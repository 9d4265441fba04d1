import type { Readable } from "../dicom/byteSource.ts";
import { parseDicom } from "../dicom/parse/parseDicom.ts";
import { DicomError, inFile } from "../dicom/dicomError.ts";
import { type MammoHeader, readMammoHeader } from "../dicom/header/mammoHeader.ts";
import { limitsDefaults } from "../dicom/limits.ts";
import { type ReadMammogramOptions, readMammogram } from "./readMammogram.ts";
import type { StandardImage } from "../image/standardize/standardize.ts";
import { acquisitionKey, ranks } from "./acquisitionOrder.ts";
import type { ExamPolicy, ExpectedView } from "./examPolicy.ts";
import { type LeftOut, type SelectedViews, selectViews } from "./selectViews.ts";

/** The views of one study: any number of them, in the order of the files. */
export interface Exam {
  readonly studyInstanceUid: string;
  readonly images: readonly StandardImage[];
  /** The files that were not looked at, counted from 1, and why. */
  readonly leftOut: readonly LeftOut<number>[];
  /** The views that the policy expects and the exam does not have. */
  readonly missing: readonly ExpectedView[];
}

export interface ReadExamOptions extends ReadMammogramOptions {
  /** Which of the exam's images are looked at; `examPolicyDefaults` for what is not given. */
  readonly policy?: Partial<ExamPolicy>;
}

/**
 * The files of one study, as bytes, Blobs or sources, in any order -> the exam.
 *
 * @throws DicomError `wrong-study` unless all files name the same study (one alone may name none), `missing-view` by the policy; whatever `readMammogram` throws, prefixed with which file it was (counted from 1).
 * @example const exam = await readExam(await Promise.all(paths.map((path) => readFile(path))));
 */
export async function readExam(files: Iterable<Readable> | AsyncIterable<Readable>, options: ReadExamOptions = {}): Promise<Exam> {
  const { policy = {}, ...reading } = options;
  const headers: { readonly number: number; readonly file: Readable; readonly header: MammoHeader; readonly key: string }[] = [];
  const duplicates: LeftOut<number>[] = [];
  for await (const file of files) {
    const number = headers.length + duplicates.length + 1;
    const found = { number, file, ...(await named(number, () => headerOf(file, reading))) };
    const { studyInstanceUid, sopInstanceUid } = found.header;
    if (number > 1 && (studyInstanceUid === undefined || studyInstanceUid !== headers[0]!.header.studyInstanceUid))
      throw new DicomError("wrong-study", `Expected file ${number} to be of the same study as the files before it`);
    const first = headers.find(({ header }) => sopInstanceUid !== undefined && header.sopInstanceUid === sopInstanceUid);
    if (first) duplicates.push({ image: number, rule: "duplicate", instead: [first.number] });
    else headers.push(found);
  }
  if (headers.length === 0) throw new DicomError("wrong-study", "Expected at least one file of an exam");

  const orders = ranks(headers.map(({ key }) => key));
  const candidates = headers.map((header, at) => ({ ...header, order: orders[at]! }));
  // The largest breast is known only once the images are standardized; all other rules spare that work.
  const isByArea = policy.repeated === "largest";
  const chosen = selectViews(candidates, isByArea ? { ...policy, repeated: "all" } : policy);
  const read: ((typeof candidates)[number] & { readonly image: StandardImage; readonly breastArea: number })[] = [];
  for (const candidate of chosen.kept) {
    const { image } = await named(candidate.number, () => readMammogram(candidate.file, reading));
    read.push({ ...candidate, image, breastArea: isByArea ? areaOf(image) : 0 });
  }
  const final: SelectedViews<(typeof read)[number]> = isByArea ? selectViews(read, policy) : { kept: read, leftOut: [], missing: chosen.missing };
  return {
    studyInstanceUid: headers[0]!.header.studyInstanceUid ?? "",
    images: final.kept.map(({ image }) => image),
    leftOut: [
      ...duplicates,
      ...[...chosen.leftOut, ...final.leftOut].map(({ image, rule, instead }) => ({
        image: image.number,
        rule,
        instead: instead.map(({ number }) => number),
      })),
    ],
    missing: final.missing,
  };
}

async function headerOf(readable: Readable, options: ReadMammogramOptions): Promise<{ readonly header: MammoHeader; readonly key: string }> {
  const limits = { ...limitsDefaults, ...options.limits };
  const file = await parseDicom(readable, limits);
  const header = readMammoHeader(file, { limits, anySopClass: options.anySopClass ?? false });
  const view = header.view.position === undefined && options.view ? { ...header.view, position: options.view } : header.view;
  return { header: { ...header, laterality: header.laterality ?? options.laterality, view }, key: acquisitionKey(file.dataSet) };
}

async function named<T>(number: number, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DicomError) throw inFile(`File ${number} of the exam`, cause);
    throw cause;
  }
}

/** Square mm; outside the breast a standard image is 0. */
const areaOf = ({ pixels, mmPerPixel }: StandardImage): number => pixels.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0) * mmPerPixel ** 2;
