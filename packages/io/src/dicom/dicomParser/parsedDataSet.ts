import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";
import { type DicomFile, parseDicom } from "../parse/parseDicom.ts";
import { readDataSet } from "../parse/readDataSet.ts";
import { uid } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { TransferSyntax } from "../transferSyntax.ts";

/** What is read of a DataSet of dicom-parser: the bytes that it was parsed from, of a deflated file its head and what it holds once inflated. */
export interface ParsedDataSet {
  readonly byteArray: Uint8Array;
  readonly elements: object;
}

/** Whether a value is a DataSet of dicom-parser. */
export const isParsedDataSet = (value: object): value is ParsedDataSet =>
  "byteArray" in value && value.byteArray instanceof Uint8Array && "elements" in value;

/**
 * A DataSet of dicom-parser -> the file that it was parsed from, read by our own walk: what the other has made of the bytes is not looked at.
 *
 * @throws DicomError as `parseDicom`.
 */
export async function fileOfDataSet({ byteArray: bytes }: ParsedDataSet, limits: Limits): Promise<DicomFile> {
  const head = deflatedHead(bytes, limits);
  // dicom-parser puts what it has inflated behind the file's own head, which still says deflated.
  if (head === undefined) return parseDicom(bytes, limits);
  const file = await parseDicom(bytes.subarray(head.end), limits);
  return { ...file, transferSyntax: TransferSyntax.deflatedExplicitLittleEndian };
}

/** Where the head of a deflated file ends, and the bytes at which it says that it is deflated; undefined for files of other transfer syntaxes. */
export function deflatedHead(
  bytes: Uint8Array,
  limits: Limits,
): { readonly end: number; readonly named: readonly [from: number, to: number] } | undefined {
  if (String.fromCharCode(...bytes.subarray(128, 132)) !== "DICM") return undefined;
  if (bytes.length > limits.fileBytes)
    throw new DicomError("limit-exceeded", `Expected a file of at most ${limits.fileBytes} bytes`, { offset: limits.fileBytes });
  const meta = readDataSet(bytes, { start: 132, explicit: true, littleEndian: true, limits, stop: (tag) => Math.floor(tag / 65536) !== 2 });
  if (uid(meta.dataSet, tags.TransferSyntaxUID) !== TransferSyntax.deflatedExplicitLittleEndian) return undefined;
  const { offset, length } = meta.dataSet.elements.get(tags.TransferSyntaxUID)!;
  return { end: meta.position, named: [offset, offset + length] };
}
