import { readRegularFile } from "@mammo/files/node";
import { DicomError } from "@mammo/io";

/** How texts name a file: as reports do, by its content, since its name may be a patient's. `sha256sum` finds it. */
export const hashName = (hash: string): string => `File ${hash.slice(0, 16)} (SHA-256)`;

/**
 * The bytes of a file.
 *
 * @throws DicomError `unreadable` without the path, which may hold a patient's name.
 */
export async function readDicomBytes(path: string): Promise<Uint8Array> {
  return readRegularFile(path).catch((cause: Error) => {
    throw new DicomError("unreadable", cause.message);
  });
}

/** The same error, its text beginning with where it was met. */
export const inFile = (place: string, error: DicomError): DicomError =>
  new DicomError(error.code, `${place}: ${error.message}`, { cause: error, ...(error.offset === undefined ? {} : { offset: error.offset }) });
