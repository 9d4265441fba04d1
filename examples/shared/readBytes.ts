import { readFile } from "node:fs/promises";
import { DicomError } from "@mammo/io";

/** The bytes of a file. Throws DicomError `unreadable` without the path, which may hold a patient's name. */
export async function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DicomError("unreadable", `Expected a file that can be read, got ${cause.code}`);
  });
}
