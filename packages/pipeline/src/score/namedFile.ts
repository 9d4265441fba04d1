import { FilesError } from "@mammo/files";
import { readRegularFile } from "@mammo/files/node";
import { DicomError } from "@mammo/io";

/** How texts name a file: as reports do, by its content, since its name may be a patient's. `sha256sum` finds it. */
export const hashName = (hash: string): string => `File ${hash.slice(0, 16)} (SHA-256)`;

/**
 * The bytes of a file.
 *
 * @throws DicomError `unreadable` without the path.
 */
export const readDicomBytes = (path: string): Promise<Uint8Array> =>
  readRegularFile(path).catch((error: unknown) => {
    throw withoutPath(error);
  });

/** What went wrong with a file, as a DicomError that does not name it. The disk's own error is left out, since it holds the path. */
export const withoutPath = (error: unknown): unknown => (error instanceof FilesError ? new DicomError("unreadable", error.message) : error);

/** The same error, its text beginning with where it was met. */
export const inFile = (place: string, error: DicomError): DicomError =>
  new DicomError(error.code, `${place}: ${error.message}`, { cause: error, ...(error.offset === undefined ? {} : { offset: error.offset }) });
