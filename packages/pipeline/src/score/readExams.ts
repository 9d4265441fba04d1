import { DicomError, readMammogram, type StandardImage } from "@mammo/io";
import type { ExamImage } from "@mammo/io/node";
import type { ChosenExam } from "./chooseExams.ts";
import { hashName, inFile, readDicomBytes } from "./namedFile.ts";
import type { ExamImages } from "./scoreExam.ts";

/** An exam that was read, and the files that its images came from, in the same order. */
export type ReadExam = ExamImages & Pick<ChosenExam, "files">;

/** Reads exams one by one, as `scoreCohort` takes them; each is named by its number. */
export async function* readExams(exams: Iterable<ChosenExam>): AsyncGenerator<ReadExam> {
  let number = 0;
  for (const { files, leftOut, missing } of exams) {
    const images: StandardImage[] = [];
    for (const file of files) images.push(await readExamImage(file));
    yield { study: `exam ${++number}`, images, files, leftOut, missing };
  }
}

/**
 * The standard image of a file.
 *
 * @throws DicomError whose text names the file by its content, not by its path.
 */
export async function readExamImage({ path, sha256 }: Pick<ExamImage, "path" | "sha256">): Promise<StandardImage> {
  try {
    return (await readMammogram(await readDicomBytes(path), { sha256 })).image;
  } catch (error) {
    throw error instanceof DicomError ? inFile(hashName(sha256), error) : error;
  }
}
