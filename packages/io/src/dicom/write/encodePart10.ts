import { requireKnownKeys } from "@mammo/mammogram";
import { concat } from "../concat.ts";
import { tags } from "../tags.ts";
import { encodingOf, TransferSyntax } from "../transferSyntax.ts";
import { type Element, type Elements, element } from "./element.ts";
import { encodeElements } from "./encodeElements.ts";

/** `uidOf("@mammo/io")`: who wrote the file (PS3.10 7.1). */
export const implementationClassUid = "2.25.109023241977416722110496444472813402993";
const implementationVersion = "MAMMO_IO_1";

/**
 * A data set with its SOP Class UID (0008,0016) and SOP Instance UID (0008,0018) -> the bytes of a Part 10 file.
 *
 * Explicit VR Little Endian unless `transferSyntax` says otherwise; a deflated one is not written here.
 * @throws RangeError without the two UIDs, and what `encodeElements` throws.
 * @example await writeFile("report.dcm", encodePart10(elements));
 */
export function encodePart10(elements: Elements, options: { readonly transferSyntax?: string } = {}): Uint8Array {
  requireKnownKeys("encodePart10", options, { transferSyntax: true });
  const { transferSyntax = TransferSyntax.explicitLittleEndian } = options;
  return concat([metaOf(elements, transferSyntax), encodeElements(elements, encodingOf(transferSyntax))]);
}

/** Preamble, prefix and File Meta Information (PS3.10 7.1) of the instance that the elements are. */
export function metaOf(elements: Elements, transferSyntax: string): Uint8Array {
  const meta = encodeElements([
    element(tags.FileMetaInformationVersion, "OB", Uint8Array.of(0, 1)),
    element(tags.MediaStorageSOPClassUID, "UI", uidIn(elements, tags.SOPClassUID, "SOP Class UID (0008,0016)")),
    element(tags.MediaStorageSOPInstanceUID, "UI", uidIn(elements, tags.SOPInstanceUID, "SOP Instance UID (0008,0018)")),
    element(tags.TransferSyntaxUID, "UI", transferSyntax),
    element(tags.ImplementationClassUID, "UI", implementationClassUid),
    element(tags.ImplementationVersionName, "SH", implementationVersion),
  ]);
  const preamble = new Uint8Array(132);
  preamble.set([0x44, 0x49, 0x43, 0x4d], 128);
  return concat([preamble, encodeElements([element(tags.FileMetaInformationGroupLength, "UL", meta.length)]), meta]);
}

function uidIn(elements: Elements, tag: number, name: string): Element["value"] {
  const value = elements.find((one) => one.tag === tag)?.value;
  if (value === undefined || value === "") throw new RangeError(`Expected ${name} among the elements to write`);
  return value;
}
