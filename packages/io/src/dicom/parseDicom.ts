import { DicomError } from "../dicomError.ts";
import { type Limits, limitsDefaults } from "../limits.ts";
import { type DataSet, readDataSet } from "./dataSet.ts";
import { inflate } from "./inflate.ts";
import { encodingOf, TransferSyntax } from "./transferSyntax.ts";
import { uid } from "./values.ts";

/** A parsed file: its elements, pixels still encoded. */
export interface DicomFile {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
}

/**
 * Part 10 bytes -> elements. Files without preamble or meta group are read by what their first element looks like, as DCMTK and GDCM do.
 *
 * @throws DicomError `not-dicom`, `truncated`, `invalid-structure`, `limit-exceeded`.
 * @example const file = await parseDicom(await readFile("view.dcm"));
 */
export async function parseDicom(bytes: Uint8Array, limits: Limits = limitsDefaults): Promise<DicomFile> {
  if (bytes.length > limits.fileBytes) throw new DicomError("limit-exceeded", `Expected a file of at most ${limits.fileBytes} bytes`);
  const hasPreamble = String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
  const start = hasPreamble ? 132 : 0;
  const hasMeta = bytes[start] === 2 && bytes[start + 1] === 0 && bytes.length >= start + 8;
  if (!hasMeta) {
    const guess = guessTransferSyntax(bytes, start);
    if (guess === undefined)
      throw new DicomError("not-dicom", "Expected DICOM Part 10: a preamble with DICM at byte 128, or a data set", { offset: start });
    return { dataSet: readDataSet(bytes, { start, limits, ...encodingOf(guess) }).dataSet, transferSyntax: guess };
  }
  const meta = readDataSet(bytes, { start, explicit: true, littleEndian: true, limits, stop: (tag) => Math.floor(tag / 65536) !== 2 });
  const named = uid(meta.dataSet, 0x00020010);
  const transferSyntax = named ?? guessTransferSyntax(bytes, meta.position);
  if (transferSyntax === undefined) throw new DicomError("missing-attribute", "Expected Transfer Syntax UID (0002,0010)", { offset: meta.position });
  if (transferSyntax === TransferSyntax.deflatedExplicitLittleEndian) {
    const inflated = await inflate(bytes.subarray(meta.position), { maxBytes: limits.inflatedBytes, format: "deflate-raw" });
    return { dataSet: readDataSet(inflated, { start: 0, explicit: true, littleEndian: true, limits }).dataSet, transferSyntax };
  }
  return { dataSet: readDataSet(bytes, { start: meta.position, limits, ...encodingOf(transferSyntax) }).dataSet, transferSyntax };
}

/** The syntax that makes the first element a plausible one: a low even group and, if explicit, two capital letters. */
function guessTransferSyntax(bytes: Uint8Array, at: number): string | undefined {
  if (bytes.length < at + 8) return undefined;
  const capital = (byte: number | undefined): boolean => byte !== undefined && byte >= 65 && byte <= 90;
  const isExplicit = capital(bytes[at + 4]) && capital(bytes[at + 5]);
  const plausible = (group: number): boolean => group >= 4 && group <= 0x30 && group % 2 === 0;
  if (plausible(bytes[at]! + 256 * bytes[at + 1]!)) return isExplicit ? TransferSyntax.explicitLittleEndian : TransferSyntax.implicitLittleEndian;
  if (isExplicit && plausible(256 * bytes[at]! + bytes[at + 1]!)) return TransferSyntax.explicitBigEndian;
  return undefined;
}
