import { DicomError, inFile } from "./dicomError.ts";
import { type ReadMammogramOptions, readMammogram } from "./readMammogram.ts";
import type { StandardImage } from "./standardize/standardize.ts";

/** The views of one study: any number of them, in the order of the files. */
export interface Exam {
  readonly studyInstanceUid: string;
  readonly images: readonly StandardImage[];
}

/**
 * The files of one study, in any order -> the exam.
 *
 * @throws DicomError `wrong-study` unless all files name the same study; whatever `readMammogram` throws, prefixed with which file it was (counted from 1).
 * @example const exam = await readExam(await Promise.all(paths.map((path) => readFile(path))));
 */
export async function readExam(files: Iterable<Uint8Array>, options: ReadMammogramOptions = {}): Promise<Exam> {
  const images: StandardImage[] = [];
  let study: string | undefined;
  let number = 0;
  for (const bytes of files) {
    number++;
    const { header, image } = await readMammogram(bytes, options).catch((cause: unknown) => {
      if (cause instanceof DicomError) throw inFile(`File ${number} of the exam`, cause);
      throw cause;
    });
    if (images.length > 0 && header.studyInstanceUid !== study)
      throw new DicomError("wrong-study", `Expected file ${number} to be of the same study as the files before it`);
    study = header.studyInstanceUid;
    images.push(image);
  }
  if (images.length === 0) throw new DicomError("wrong-study", "Expected at least one file of an exam");
  return { studyInstanceUid: study ?? "", images };
}
