import { DicomError } from "../dicomError.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { texts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { isDate, isTime } from "./dates.ts";
import { type Elements, element, type Vr } from "./element.ts";
import { type ImageReference, type ReportedImage, type ReportOptions, referenceTo } from "./reportedExam.ts";

/** Patient (PS3.3 C.7.1.1) and General Study (C.7.2.1): what a new object of the same study repeats. Required ones are written empty where the image has none. */
const required: readonly (readonly [tag: number, vr: Vr])[] = [
  [tags.StudyDate, "DA"],
  [tags.StudyTime, "TM"],
  [tags.AccessionNumber, "SH"],
  [tags.ReferringPhysicianName, "PN"],
  [tags.PatientName, "PN"],
  [tags.PatientID, "LO"],
  [tags.PatientBirthDate, "DA"],
  [tags.PatientSex, "CS"],
  [tags.StudyID, "SH"],
];
const optional: readonly (readonly [tag: number, vr: Vr])[] = [
  [tags.SpecificCharacterSet, "CS"],
  [tags.TimezoneOffsetFromUTC, "SH"],
  [tags.StudyDescription, "LO"],
  [tags.IssuerOfPatientID, "LO"],
  [tags.PatientIdentityRemoved, "CS"],
  [tags.DeidentificationMethod, "LO"],
];

/** Longer values than any of these elements may have are not carried over. */
const longest = 1024;

/**
 * What all objects that are made from an exam have in common: the patient and study of its images, byte for byte in their character set, and the equipment, which is this program.
 *
 * @throws DicomError `wrong-study` for no images or images of several studies; `missing-attribute`; TypeError for `at` in another form; RangeError for `at` that is no day and time, and for an algorithm whose name or version is no text of up to 64 characters without backslashes.
 */
export function examContext(
  images: readonly ReportedImage[],
  { at, algorithm }: ReportOptions,
): { readonly elements: Elements; readonly date: string; readonly time: string; readonly references: readonly ImageReference[] } {
  const references = images.map(referenceTo);
  const [first] = references;
  if (first === undefined || references.some(({ studyInstanceUid }) => studyInstanceUid !== first.studyInstanceUid))
    throw new DicomError("wrong-study", "Expected at least one image, and all of the same study");
  const [, date, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)$/.exec(at) ?? [];
  if (!date || !time) throw new TypeError("Expected `at` in the form 2026-03-01T12:30:00");
  const [day, clock] = [date.replaceAll("-", ""), time.replaceAll(":", "")];
  if (!isDate(day) || !isTime(clock)) throw new RangeError("Expected `at` to be a day of the calendar and a time of day");
  for (const part of ["name", "version"] as const)
    if (!/^[^\\]{1,64}$/.test(algorithm[part]))
      throw new RangeError(
        `Expected the algorithm's ${part} to have 1 to 64 characters and no backslash (PS3.5 6.2: LO), got ${algorithm[part].length}`,
      );
  const { dataSet } = images[0]!.file;
  return {
    elements: [
      ...required.map(([tag, vr]) => element(tag, vr, textBytes(dataSet, tag, vr) ?? "")),
      ...optional.flatMap(([tag, vr]) => {
        const value = textBytes(dataSet, tag, vr);
        return value && value.length > 0 ? [element(tag, vr, value)] : [];
      }),
      element(tags.Manufacturer, "LO", "mammo"),
      element(tags.ManufacturerModelName, "LO", algorithm.name),
      element(tags.SoftwareVersions, "LO", algorithm.version),
      element(tags.StudyInstanceUID, "UI", first.studyInstanceUid),
    ],
    date: day,
    time: clock,
    references,
  };
}

/** Formats that a value must have to be repeated: what is no date is no better for standing in two objects. */
const formats: Partial<Record<Vr, (text: string) => boolean>> = { DA: isDate, TM: isTime, CS: (text) => /^[A-Z0-9_ ]{0,16}$/.test(text) };

function textBytes(dataSet: DataSet, tag: number, vr: Vr): Uint8Array | undefined {
  const found = dataSet.elements.get(tag);
  if (found === undefined || found.items || found.length > longest || !texts(dataSet, tag).every(formats[vr] ?? (() => true))) return undefined;
  return dataSet.bytes.subarray(found.offset, found.offset + found.length);
}

/** One item a series, with its instances (PS3.3 table 10-3 and 10-4). */
export function seriesReferences(references: readonly ImageReference[]): readonly Elements[] {
  const series = [...new Set(references.map(({ seriesInstanceUid }) => seriesInstanceUid))];
  return series.map((uid) => [
    element(tags.SeriesInstanceUID, "UI", uid),
    element(
      tags.ReferencedSOPSequence,
      "SQ",
      unique(references.filter(({ seriesInstanceUid }) => seriesInstanceUid === uid)).map((one) => instanceReference(one)),
    ),
  ]);
}

/** Referenced SOP Class and Instance UID, and the frame where one is meant. */
export const instanceReference = ({
  sopClassUid,
  sopInstanceUid,
  frame,
}: Pick<ImageReference, "sopClassUid" | "sopInstanceUid"> & { readonly frame?: number | undefined }): Elements => [
  element(tags.ReferencedSOPClassUID, "UI", sopClassUid),
  element(tags.ReferencedSOPInstanceUID, "UI", sopInstanceUid),
  ...(frame === undefined ? [] : [element(tags.ReferencedFrameNumber, "IS", frame)]),
];

const unique = (references: readonly ImageReference[]): readonly { readonly sopClassUid: string; readonly sopInstanceUid: string }[] => [
  ...new Map(references.map(({ sopClassUid, sopInstanceUid }) => [sopInstanceUid, { sopClassUid, sopInstanceUid }])).values(),
];
