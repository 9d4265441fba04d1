import { requireKnownKeys } from "@mammo/mammogram";
import { fileSource } from "../dicom/fileSource.ts";
import type { ExamImage } from "./groupExams.ts";
import { type Mammogram, type ReadMammogramOptions, readMammogram, readMammogramOptionNames } from "./readMammogram.ts";

/**
 * An image that `groupExams` has found -> its parsed file, header and standard image, by one read of the header and one of the frame.
 *
 * The file is closed again: what writes DICOM of it (`@mammo/io/write`) needs its header only. `groupExams` holds no parsed files, so that memory does
 * not grow with an archive: an exam's images are read when it is their turn.
 *
 * @throws DicomError as `readMammogram`; FilesError where the file cannot be opened any more.
 * @example
 * for (const { images } of exams)
 *   for (const image of selectViews(images).kept) score(await readExamImage(image));
 */
export async function readExamImage(image: Pick<ExamImage, "path" | "sha256">, options: ReadMammogramOptions = {}): Promise<Mammogram> {
  requireKnownKeys("readExamImage", options, readMammogramOptionNames);
  const source = await fileSource(image.path);
  try {
    return await readMammogram(source, { sha256: image.sha256, ...options });
  } finally {
    await source.close();
  }
}
