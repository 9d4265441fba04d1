import { type DataSet, parseDicom } from "@mammo/io";
import { fileSource } from "@mammo/io/node";

/**
 * The elements of a file, without its pixels' bytes. They hold patient data.
 *
 * @throws DicomError for a file that is none of DICOM, FilesError for one that the disk does not give.
 */
export async function dataSetOf(path: string): Promise<DataSet> {
  const source = await fileSource(path);
  try {
    return (await parseDicom(source)).dataSet;
  } finally {
    await source.close();
  }
}

/** The text of an element, without padding; empty where there is none. Backslashes stand between its values. */
export function textOf({ elements, bytes }: DataSet, tag: number): string {
  const found = elements.get(tag);
  return found === undefined
    ? ""
    : new TextDecoder("latin1").decode(bytes.subarray(found.offset, found.offset + Math.min(found.length, 1024))).replace(/[ \0]+$/, "");
}
