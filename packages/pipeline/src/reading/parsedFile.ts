import { type DicomFile, parseDicom } from "@mammo/io";
import { fileSource } from "@mammo/io/node";

/**
 * A file's elements, without its pixels' bytes. They hold patient data.
 *
 * @throws DicomError for a file that is none of DICOM, FilesError for one that the disk does not give.
 */
export async function parsedFile(path: string): Promise<DicomFile> {
  const source = await fileSource(path);
  try {
    return await parseDicom(source);
  } finally {
    await source.close();
  }
}
