import { DicomError, type DicomFile, type StandardImage } from "@mammo/io";
import { type ExamImage, readExamImage } from "@mammo/io/node";
import type { ChosenExam } from "./chooseExams.ts";
import { hashName, inFile, withoutPath } from "./namedFile.ts";
import type { ExamImages } from "./scoreExam.ts";

/** An exam that was read. */
export interface ReadExam extends ExamImages {
  /** The parsed files of the images, in their order: their headers, for objects that are written about them. They hold patient data. */
  readonly files: readonly DicomFile[];
}

/**
 * Reads exams one by one, as `scoreCohort` takes them; each is named by its number.
 *
 * @throws DicomError whose text names the file by its content, not by its path.
 */
export async function* readExams(exams: Iterable<ChosenExam>): AsyncGenerator<ReadExam> {
  let number = 0;
  for (const { files: chosen, leftOut, missing } of exams) {
    const images: StandardImage[] = [];
    const files: DicomFile[] = [];
    for (const one of chosen) {
      const { image, file } = await readNamed(one);
      images.push(image);
      files.push(file);
    }
    yield { study: `exam ${++number}`, images, files, leftOut, missing };
  }
}

/** `readExamImage` of @mammo/io, with errors that name the file by its content. */
export async function readNamed(image: ExamImage): ReturnType<typeof readExamImage> {
  try {
    return await readExamImage(image);
  } catch (cause) {
    const error = withoutPath(cause);
    throw error instanceof DicomError ? inFile(hashName(image.sha256), error) : error;
  }
}
