import { requireKnownKeys } from "@mammo/mammogram";
import type { Readable } from "../dicom/byteSource.ts";
import { DicomError, inFile } from "../dicom/dicomError.ts";
import { type MammoHeader, readMammoHeader } from "../dicom/header/mammoHeader.ts";
import { limitsOf } from "../dicom/limits.ts";
import { type DicomFile, parseDicom } from "../dicom/parse/parseDicom.ts";
import type { StandardImage } from "../image/standardize/standardize.ts";
import { acquisitionKey, ranks } from "./acquisitionOrder.ts";
import type { ExamPolicy, ExpectedView } from "./examPolicy.ts";
import { type Mammogram, type ReadMammogramOptions, readMammogram, readMammogramOptionNames } from "./readMammogram.ts";
import { type LeftOut, type SelectedViews, selectViews } from "./selectViews.ts";

/** The views of one study: any number of them, in the order of the files. */
export interface Exam {
  readonly studyInstanceUid: string;
  readonly images: readonly StandardImage[];
  /** What each of `images` was read from, in their order: for those who write DICOM. */
  readonly mammograms: readonly Mammogram[];
  /** The files that were not looked at, counted from 1, and why. */
  readonly leftOut: readonly LeftOut<number>[];
  /** The views that the policy expects and the exam does not have. */
  readonly missing: readonly ExpectedView[];
}

/** How the files are read, and which of them. */
export interface ReadExamOptions extends ReadMammogramOptions {
  /** Which of the exam's images are looked at; `examPolicyDefaults` for what is not given. */
  readonly policy?: Partial<ExamPolicy>;
}

/** A file whose pixels are not decoded yet. */
interface Candidate {
  /** Among the files, from 1. */
  readonly number: number;
  readonly file: DicomFile;
  readonly header: MammoHeader;
  /** Where it stands by time of acquisition. */
  readonly order: number;
}

/**
 * The files of one study, as bytes, Blobs or sources, in any order -> the exam. Each is parsed once, and decoded only where it is looked at.
 *
 * @throws DicomError `wrong-study` unless all files name the same study (one alone may name none), `missing-view` by the policy; whatever `readMammogram` throws, prefixed with which file it was (counted from 1).
 * @example const exam = await readExam(await Promise.all(paths.map((path) => readFile(path))));
 */
export async function readExam(files: Iterable<Readable> | AsyncIterable<Readable>, options: ReadExamOptions = {}): Promise<Exam> {
  requireKnownKeys("readExam", options, { ...readMammogramOptionNames, policy: true });
  const { policy = {}, ...reading } = options;
  const { candidates, duplicates } = await readHeaders(files, reading);
  // The largest breast is known only once the images are standardized; all other rules spare that work.
  const isByArea = policy.repeated === "largest";
  const chosen = selectViews(candidates, isByArea ? { ...policy, repeated: "all" } : policy);
  const read: (Candidate & { readonly mammogram: Mammogram; readonly breastArea?: number })[] = [];
  for (const candidate of chosen.kept) {
    const mammogram = await named(candidate.number, () => readMammogram(candidate.file, reading));
    read.push({ ...candidate, mammogram, ...(isByArea ? { breastArea: areaOf(mammogram.image) } : {}) });
  }
  const final: SelectedViews<(typeof read)[number]> = isByArea ? selectViews(read, policy) : { kept: read, leftOut: [], missing: chosen.missing };
  const mammograms = final.kept.map(({ mammogram }) => mammogram);
  return {
    studyInstanceUid: candidates[0]!.header.studyInstanceUid ?? "",
    images: mammograms.map(({ image }) => image),
    mammograms,
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

async function readHeaders(
  files: Iterable<Readable> | AsyncIterable<Readable>,
  options: ReadMammogramOptions,
): Promise<{ readonly candidates: readonly Candidate[]; readonly duplicates: readonly LeftOut<number>[] }> {
  const found: (Omit<Candidate, "order"> & { readonly key: string })[] = [];
  const duplicates: LeftOut<number>[] = [];
  for await (const readable of files) {
    const number = found.length + duplicates.length + 1;
    const next = { number, ...(await named(number, () => readHeader(readable, options))) };
    const { studyInstanceUid, sopInstanceUid } = next.header;
    if (number > 1 && (studyInstanceUid === undefined || studyInstanceUid !== found[0]!.header.studyInstanceUid))
      throw new DicomError("wrong-study", `Expected file ${number} to be of the same study as the files before it`);
    const first = found.find(({ header }) => sopInstanceUid !== undefined && header.sopInstanceUid === sopInstanceUid);
    if (first) duplicates.push({ image: number, rule: "duplicate", instead: [first.number] });
    else found.push(next);
  }
  if (found.length === 0) throw new DicomError("wrong-study", "Expected at least one file of an exam");
  const orders = ranks(found.map(({ key }) => key));
  return { candidates: found.map(({ key: _date, ...one }, at) => ({ ...one, order: orders[at]! })), duplicates };
}

async function readHeader(
  readable: Readable,
  options: ReadMammogramOptions,
): Promise<{ readonly file: DicomFile; readonly header: MammoHeader; readonly key: string }> {
  const limits = limitsOf(options.limits);
  const file = await parseDicom(readable, limits);
  const header = readMammoHeader(file, { limits, anySopClass: options.anySopClass ?? false });
  const view = header.view.position === undefined && options.view ? { ...header.view, position: options.view } : header.view;
  return { file, header: { ...header, laterality: header.laterality ?? options.laterality, view }, key: acquisitionKey(file.dataSet) };
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
const areaOf = ({ pixels, mmPerPixel }: StandardImage): number => pixels.filter((value) => value > 0).length * mmPerPixel ** 2;
