import { DicomError } from "../dicom/dicomError.ts";
import type { DataSet } from "../dicom/parse/dataSet.ts";
import { code, items, shorts, texts } from "../dicom/parse/values.ts";
import { tags } from "../dicom/tags.ts";

/** Whether a data set is a Basic Directory (PS3.3 F.3), a DICOMDIR. */
export const isDicomDir = (dataSet: DataSet): boolean => dataSet.elements.has(tags.DirectoryRecordSequence);

/**
 * The images that a DICOMDIR refers to, each as the names of folders and file below its own folder. Records out of use are passed over.
 *
 * @throws DicomError `invalid-attribute` for a name that could lead elsewhere.
 */
export function readDicomDir(dataSet: DataSet): readonly (readonly string[])[] {
  return items(dataSet, tags.DirectoryRecordSequence)
    .filter((record) => code(record, tags.DirectoryRecordType) === "IMAGE" && shorts(record, tags.RecordInUseFlag)[0] !== 0)
    .map((record) => texts(record, tags.ReferencedFileID).filter((name) => name !== ""))
    .filter((names) => names.length > 0)
    .map((names) => {
      // PS3.10 8.2 allows eight characters of A-Z, 0-9 and _; other writers' names are taken as long as they are names.
      if (names.length > 8 || !names.every((name) => /^[\w-][\w.-]{0,63}$/.test(name)))
        throw new DicomError("invalid-attribute", "Expected Referenced File ID (0004,1500) to be up to 8 names below the DICOMDIR's folder");
      return names;
    });
}
