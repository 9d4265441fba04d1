import { DicomError, type DicomFile } from "@mammo/io";
import { type ExamImage, readExamImage } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
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

/**
 * Reads exams one by one, as `scoreCohort` takes them; each is named by its number.
 *
 * An image that cannot be read goes to `onUnreadable`, and its exam is what is left of it: views are chosen anew from the others, the report says `unreadable` of
 * it, and an exam without any image is left out. What the policy leaves out of an exam goes to `onLeftOut`.
 *
 * @throws DicomError whose text names the file by its content, not by its path, where there is no `onUnreadable`.
 */
export async function* readExams(exams: Iterable<ChosenExam>, options: UnreadableOptions = {}): AsyncGenerator<ReadExam> {
  requireKnownKeys("readExams", options, { onUnreadable: true, onLeftOut: true });
  const { onUnreadable = thrown, onLeftOut = () => {} } = options;
  let number = 0;
  for (let exam of exams) {
    const broken: string[] = [];
    const read = new Map<ChosenImage, Awaited<ReturnType<typeof readExamImage>>>();
    for (let next = exam.files.at(0); next !== undefined; next = exam.files.find((file) => !read.has(file))) {
      const failed = next;
      try {
        read.set(next, await readNamed(next));
      } catch (error) {
        if (!(error instanceof DicomError)) throw error;
        onUnreadable({ path: failed.path, sha256: failed.sha256, error, needs: failed.needs });
        broken.push(failed.sha256);
        exam = chooseViews(exam.images.filter((image) => image !== failed));
      }
    }
    const { leftOut, missing } = exam;
    const whole = exam.files.map((file) => read.get(file)!);
    if (whole.length > 0) number++;
    const of = whole.length > 0 ? number : undefined;
    for (const { path, image, rule } of leftOut) onLeftOut({ path, sha256: image, why: rule, exam: of });
    if (whole.length === 0) continue;
    yield {
      study: `exam ${number}`,
      images: whole.map(({ image }) => image),
      files: whole.map(({ file }) => file),
      sources: exam.files,
      leftOut: [...leftOut, ...broken.map((image) => ({ image, rule: "unreadable" }))],
      missing,
    };
  }
}

/** `readExamImage` of @mammo/io, with errors that name the file by its content. */
export async function readNamed(image: ExamImage & Partial<Pick<ChosenImage, "reading">>): ReturnType<typeof readExamImage> {
  try {
    return await readExamImage(image, image.reading);
  } catch (cause) {
    const error = withoutPath(cause);
    throw error instanceof DicomError ? inFile(hashName(image.sha256), error) : error;
  }
}
