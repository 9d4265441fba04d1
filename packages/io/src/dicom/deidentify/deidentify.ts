import { requireKnownKeys } from "@mammo/mammogram";
import { bytesIn, requireReadable } from "../byteSource.ts";
import { concat } from "../concat.ts";
import { DicomError } from "../dicomError.ts";
import { type Limits, limitsOf } from "../limits.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { parseDicom } from "../parse/parseDicom.ts";
import { code } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { deflateRaw } from "../write/deflate.ts";
import { type Elements, element, type Value } from "../write/element.ts";
import { encodeElements } from "../write/encodeElements.ts";
import { encodePart10, metaOf } from "../write/encodePart10.ts";
import { type Code, codeItem } from "../write/sr/code.ts";
import { cleanDataSet } from "./cleanDataSet.ts";
import { cleanPixels } from "./pixels/cleanPixels.ts";
import { pseudonymsOf } from "./pseudonyms.ts";
import { requireFewValues } from "./requireFewValues.ts";
import { standardUids } from "./standardUids.ts";

/** The key of the pseudonyms, and what may stay. */
export interface DeidentifyOptions {
  /** At least 16 secret bytes. With the same key the same patient (number and issuer), study and series get the same new names in every file; without it no one finds the way back. */
  readonly key: Uint8Array;
  /** "remove" (default), or "shift": all dates of a patient move into the past by the same number of days (Retain Longitudinal Temporal Information with Modified Dates); the times of day stay as they are. */
  readonly dates?: "remove" | "shift";
  /** Keeps Manufacturer and Manufacturer's Model Name, which the profile does not ask to remove. */
  readonly device?: boolean;
  /** The caller has looked at the pixels or cleaned them: they identify nobody. */
  readonly pixelsAreClean?: boolean;
  readonly limits?: Partial<Limits>;
}

const pixelTags: readonly number[] = [tags.FloatPixelData, tags.DoubleFloatPixelData, tags.PixelData];

/** Younger than our list of the standard's UIDs: deflated frames, and the three of JPEG XL. */
const newSyntaxes: ReadonlySet<string> = new Set(["8.1", "4.110", "4.111", "4.112"].map((last) => `1.2.840.10008.1.2.${last}`));

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
 * The picture stays, bit for bit and in its transfer syntax; what stands in unused bits, behind the last pixel, between and behind codestreams and in their comments does not.
 * Patient Identity Removed (0012,0062) is YES only where there is no waveform, which may be a voice, where there are no pixels, Burned In Annotation is NO, or `pixelsAreClean`, and where the structure of pixels and tables is known.
 * @throws DicomError as `parseDicom` does, `missing-attribute` for a DICOMDIR and for a file that is no instance of a class; `unsupported-transfer-syntax` for a private one; `not-a-file` for what is no bytes; `limit-exceeded` for more than 10,000 UIDs or 131,072 values of text; RangeError for a key of less than 16 bytes, or of zeros alone.
 * @example const clean = await deidentify(bytes, { key });
 */
export async function deidentify(bytes: Uint8Array | ArrayBuffer, options: DeidentifyOptions): Promise<Uint8Array> {
  requireKnownKeys("deidentify", options, { key: true, dates: true, device: true, pixelsAreClean: true, limits: true });
  const { key, dates = "remove", device = false, pixelsAreClean = false } = options ?? {};
  const limits = limitsOf(options?.limits);
  const file = await parseDicom(bytesIn(bytes) ?? requireReadable(bytes), limits);
  const { dataSet, transferSyntax } = file;
  if (isDirectory(dataSet))
    throw new DicomError(
      "missing-attribute",
      "Expected an image or another instance, got a DICOMDIR, which lists patients: de-identify the files that it lists, and make a new one of them",
    );
  // One that somebody made up would stand in the file meta as it is, and may be anyone's number.
  if (!standardUids.has(transferSyntax) && !newSyntaxes.has(transferSyntax))
    throw new DicomError("unsupported-transfer-syntax", "Expected a transfer syntax of the standard in (0002,0010), got a private one", {
      offset: dataSet.start,
    });
  requireFewValues(dataSet);
  let isVerified = true;
  const pixels = new Map<number, Value>();
  for (const tag of pixelTags.filter((one) => dataSet.elements.has(one))) {
    const cleaned = await cleanPixels(file, tag, limits);
    isVerified &&= cleaned.isVerified;
    pixels.set(tag, cleaned.value);
  }
  const onDoubt = (): void => {
    isVerified = false;
  };
  const cleaned = cleanDataSet(dataSet, { pseudonyms: await pseudonymsOf(dataSet, key), dates, device, pixels, onDoubt });
  // After cleaning, since what was no UID is none now.
  const isInstance = [tags.SOPClassUID, tags.SOPInstanceUID].every((wanted) => cleaned.some(({ tag, value }) => tag === wanted && value !== ""));
  if (!isInstance) throw new DicomError("missing-attribute", "Expected SOP Class UID (0008,0016) and SOP Instance UID (0008,0018)");
  const statement = deidentified(dataSet, { dates, pixelsAreClean, isVerified });
  const stated = new Set(statement.map(({ tag }) => tag));
  const elements = [...cleaned.filter(({ tag }) => !stated.has(tag)), ...statement];
  if (transferSyntax !== TransferSyntax.deflatedExplicitLittleEndian) return encodePart10(elements, { transferSyntax });
  return concat([metaOf(elements, transferSyntax), await deflateRaw(encodeElements(elements))]);
}

/** Whether Waveform Data (5400,1010) stands anywhere: in its module it lies in a sequence. */
const hasWaveform = ({ elements }: DataSet): boolean =>
  elements.has(tags.WaveformData) || [...elements.values()].some(({ items }) => items?.some(hasWaveform));

/** A DICOMDIR (PS3.3 F.3): directory records, or the group that only they have. */
const isDirectory = ({ elements }: DataSet): boolean =>
  elements.has(tags.DirectoryRecordSequence) || [...elements.keys()].some((tag) => tag >>> 16 === 4);

/** What was done, in the words of PS3.3 C.7.1.1 and C.12.1. */
function deidentified(
  dataSet: DataSet,
  { dates, pixelsAreClean, isVerified }: Required<Pick<DeidentifyOptions, "dates" | "pixelsAreClean">> & { readonly isVerified: boolean },
): Elements {
  const hasPixels = pixelTags.some((tag) => dataSet.elements.has(tag));
  // A spoken comment is a waveform; no statement on pixels speaks of it.
  const isRemoved = isVerified && !hasWaveform(dataSet) && (!hasPixels || pixelsAreClean || code(dataSet, tags.BurnedInAnnotation) === "NO");
  const done = [methods.basic, ...(hasPixels && pixelsAreClean ? [methods.cleanPixels] : []), ...(dates === "shift" ? [methods.modifiedDates] : [])];
  return [
    element(tags.PatientIdentityRemoved, "CS", isRemoved ? "YES" : "NO"),
    element(tags.DeidentificationMethod, "LO", "DICOM PS3.15 2026c Annex E Basic Profile by @mammo/io"),
    element(tags.DeidentificationMethodCodeSequence, "SQ", done.map(codeItem)),
    ...(hasPixels && pixelsAreClean ? [element(tags.BurnedInAnnotation, "CS", "NO")] : []),
    element(tags.LongitudinalTemporalInformationModified, "CS", dates === "shift" ? "MODIFIED" : "REMOVED"),
  ];
}
