import { concat } from "../concat.ts";
import { DicomError } from "../dicomError.ts";
import { type Limits, limitsDefaults } from "../limits.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { parseDicom } from "../parse/parseDicom.ts";
import { code, uid } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { deflateRaw } from "../write/deflate.ts";
import { type Elements, element } from "../write/element.ts";
import { encodeElements } from "../write/encodeElements.ts";
import { encodePart10, metaOf } from "../write/encodePart10.ts";
import { type Code, codeItem } from "../write/sr/code.ts";
import { cleanDataSet } from "./cleanDataSet.ts";
import { pseudonymsOf } from "./pseudonyms.ts";

/** The key of the pseudonyms, and what may stay. */
export interface DeidentifyOptions {
  /** At least 16 secret bytes. With the same key the same patient, study and series get the same new names in every file; without it no one finds the way back. */
  readonly key: Uint8Array;
  /** "remove" (default), or "shift": all dates of a patient move into the past by the same number of days (Retain Longitudinal Temporal Information with Modified Dates). */
  readonly dates?: "remove" | "shift";
  /** Keeps Manufacturer and Manufacturer's Model Name, which the profile does not ask to remove. */
  readonly device?: boolean;
  /** The caller has looked at the pixels or cleaned them: they identify nobody. */
  readonly pixelsAreClean?: boolean;
  readonly limits?: Partial<Limits>;
}

/** De-identification Method Code Sequence (CID 7050). */
const methods = {
  basic: ["113100", "DCM", "Basic Application Confidentiality Profile"],
  cleanPixels: ["113101", "DCM", "Clean Pixel Data Option"],
  modifiedDates: ["113107", "DCM", "Retain Longitudinal Temporal Information Modified Dates Option"],
} as const satisfies Readonly<Record<string, Code>>;

/**
 * A DICOM file -> the same object without who it is of: the Basic Application Level Confidentiality Profile of PS3.15 Annex E (Table E.1-1, edition 2026c), at every depth.
 *
 * Stricter than the profile where the table is silent: private and unknown elements leave, words become "Removed", codes stay only in public coding schemes.
 * Pixels stay as they are, bit for bit and in their transfer syntax. Patient Identity Removed (0012,0062) is YES only where there is no waveform, which may be a voice, and where there are no pixels, Burned In Annotation is NO, or `pixelsAreClean`.
 * @throws DicomError as `parseDicom` does, and `missing-attribute` for a file that is no instance of a class; RangeError for a key of less than 16 bytes.
 * @example const clean = await deidentify(bytes, { key });
 */
export async function deidentify(bytes: Uint8Array, options: DeidentifyOptions): Promise<Uint8Array> {
  const { key, dates = "remove", device = false, pixelsAreClean = false } = options;
  const { dataSet, transferSyntax } = await parseDicom(bytes, { ...limitsDefaults, ...options.limits });
  if (!uid(dataSet, tags.SOPClassUID) || !uid(dataSet, tags.SOPInstanceUID))
    throw new DicomError("missing-attribute", "Expected SOP Class UID (0008,0016) and SOP Instance UID (0008,0018)");
  const cleaned = cleanDataSet(dataSet, { pseudonyms: await pseudonymsOf(dataSet, key), dates, device });
  const statement = deidentified(dataSet, { dates, pixelsAreClean });
  const stated = new Set(statement.map(({ tag }) => tag));
  const elements = [...cleaned.filter(({ tag }) => !stated.has(tag)), ...statement];
  if (transferSyntax !== TransferSyntax.deflatedExplicitLittleEndian) return encodePart10(elements, { transferSyntax });
  return concat([metaOf(elements, transferSyntax), await deflateRaw(encodeElements(elements))]);
}

/** Whether Waveform Data (5400,1010) stands anywhere: in its module it lies in a sequence. */
const hasWaveform = ({ elements }: DataSet): boolean =>
  elements.has(tags.WaveformData) || [...elements.values()].some(({ items }) => items?.some(hasWaveform));

/** What was done, in the words of PS3.3 C.7.1.1 and C.12.1. */
function deidentified(dataSet: DataSet, { dates, pixelsAreClean }: Required<Pick<DeidentifyOptions, "dates" | "pixelsAreClean">>): Elements {
  const hasPixels = [tags.FloatPixelData, tags.DoubleFloatPixelData, tags.PixelData].some((tag) => dataSet.elements.has(tag));
  // A spoken comment is a waveform; no statement on pixels speaks of it.
  const isRemoved = !hasWaveform(dataSet) && (!hasPixels || pixelsAreClean || code(dataSet, tags.BurnedInAnnotation) === "NO");
  const done = [methods.basic, ...(hasPixels && pixelsAreClean ? [methods.cleanPixels] : []), ...(dates === "shift" ? [methods.modifiedDates] : [])];
  return [
    element(tags.PatientIdentityRemoved, "CS", isRemoved ? "YES" : "NO"),
    element(tags.DeidentificationMethod, "LO", "DICOM PS3.15 2026c Annex E Basic Profile by @mammo/io"),
    element(tags.DeidentificationMethodCodeSequence, "SQ", done.map(codeItem)),
    ...(hasPixels && pixelsAreClean ? [element(tags.BurnedInAnnotation, "CS", "NO")] : []),
    element(tags.LongitudinalTemporalInformationModified, "CS", dates === "shift" ? "MODIFIED" : "REMOVED"),
  ];
}
