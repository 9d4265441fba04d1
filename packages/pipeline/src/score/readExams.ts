import { DicomError, type DicomFile, type Mammogram } from "@mammo/io";
import { type ExamImage, inOrder, type MammogramFileReader, readExamImage } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { parsedFile } from "../reading/parsedFile.ts";
import { type ChosenExam, type ChosenImage, chooseViews, thrown, type UnreadableOptions } from "./chooseExams.ts";
import { hashName, inFile, withoutPath } from "./namedFile.ts";
import type { ExamImages } from "./scoreExam.ts";

/** An exam that was read. */
export interface ReadExam extends ExamImages {
  /** The parsed files of the images, in their order: their headers, for objects that are written about them. They hold patient data. */
  readonly files: readonly DicomFile[];
  /** Where the images lie, in their order. The paths may name a patient. */
  readonly sources: readonly ChosenImage[];
}

/** Threads that read files of the disk: `mammogramReader` of @mammo/io gives them. */
export type ImageReader = Pick<MammogramFileReader, "readImage">;

/** What is done with files that are in no score, and who reads the others. */
export interface ReadExamsOptions extends UnreadableOptions {
  /** Decodes and standardizes the next exams' images while the caller works on this one; the caller disposes it. Default: this thread reads each exam when it is asked for. */
  readonly reader?: ImageReader | undefined;
}

/** Exams that a reader has read, or reads, ahead of the one that is worked on: memory holds the images of so many more. */
const examsAhead = 2;

/**
 * Reads exams one by one, as `scoreCohort` takes them; each is named by its number.
 *
 * An image that cannot be read goes to `onUnreadable`, and its exam is what is left of it: views are chosen anew from the others, the report says `unreadable` of
 * it, and an exam without any image is left out. What the policy leaves out of an exam goes to `onLeftOut`. With a reader the same, in the same order.
 *
 * @throws DicomError whose text names the file by its content, not by its path, where there is no `onUnreadable`.
 * @example
 * const reader = mammogramReader({ threads: 2 });
 * for await (const { report } of scoreCohort(readExams(await chooseExams(["archive"]), { reader }), bundle)) console.log(report.score);
 * await reader.dispose();
 */
export async function* readExams(exams: Iterable<ChosenExam>, options: ReadExamsOptions = {}): AsyncGenerator<ReadExam> {
  requireKnownKeys("readExams", options, { reader: true, onUnreadable: true, onLeftOut: true });
  const { onUnreadable = thrown, onLeftOut = () => {}, reader } = options;
  let number = 0;
  for await (const result of inOrder(exams, (exam) => readChosen(exam, reader), reader ? 1 + examsAhead : 1)) {
    if (result.status === "rejected") throw result.reason;
    const { exam, mammograms, unreadable } = result.value;
    for (const { image, error } of unreadable) onUnreadable({ path: image.path, sha256: image.sha256, error, needs: image.needs });
    if (mammograms.length > 0) number++;
    const of = mammograms.length > 0 ? number : undefined;
    for (const { path, image, rule } of exam.leftOut) onLeftOut({ path, sha256: image, why: rule, exam: of });
    if (mammograms.length === 0) continue;
    yield {
      study: `exam ${number}`,
      images: mammograms.map(({ image }) => image),
      files: mammograms.map(({ file }) => file),
      sources: exam.files,
      leftOut: [...exam.leftOut, ...unreadable.map(({ image }) => ({ image: image.sha256, rule: "unreadable" }))],
      missing: exam.missing,
    };
  }
}

/** An exam of the images that can be read, and those that cannot. */
interface ChosenAndRead {
  readonly exam: ChosenExam;
  /** Of its files, in their order. */
  readonly mammograms: readonly Mammogram[];
  readonly unreadable: readonly { readonly image: ChosenImage; readonly error: DicomError }[];
}

async function readChosen(exam: ChosenExam, reader: ImageReader | undefined): Promise<ChosenAndRead> {
  // Threads take all images at once; this thread takes one after the other, and memory holds the decoding of one.
  const begun = new Map(reader ? exam.files.map((image) => [image, outcome(readNamed(image, reader))] as const) : []);
  const read = new Map<ChosenImage, Mammogram>();
  const unreadable: { readonly image: ChosenImage; readonly error: DicomError }[] = [];
  for (let next = exam.files.at(0); next !== undefined; next = exam.files.find((file) => !read.has(file))) {
    const image = next;
    const { mammogram, error } = await (begun.get(image) ?? outcome(readNamed(image, reader)));
    if (mammogram) read.set(image, mammogram);
    else {
      if (!(error instanceof DicomError)) throw error;
      unreadable.push({ image, error });
      exam = chooseViews(exam.images.filter((other) => other !== image));
    }
  }
  return { exam, mammograms: exam.files.map((file) => read.get(file)!), unreadable };
}

/** What came of it, as a value: nobody may ask for what has failed. */
const outcome = (reading: Promise<Mammogram>): Promise<{ readonly mammogram?: Mammogram; readonly error?: unknown }> =>
  reading.then(
    (mammogram) => ({ mammogram }),
    (error: unknown) => ({ error }),
  );

/** `readExamImage` of @mammo/io, by a thread where there is a reader, with errors that name the file by its content. */
export async function readNamed(image: ExamImage & Partial<Pick<ChosenImage, "reading">>, reader?: ImageReader): Promise<Mammogram> {
  try {
    if (!reader) return await readExamImage(image, image.reading);
    // A thread keeps what it parsed: the header is read once more here.
    const [read, file] = await Promise.all([reader.readImage(image, image.reading), parsedFile(image.path)]);
    return { ...read, file };
  } catch (cause) {
    const error = withoutPath(cause);
    throw error instanceof DicomError ? inFile(hashName(image.sha256), error) : error;
  }
}
