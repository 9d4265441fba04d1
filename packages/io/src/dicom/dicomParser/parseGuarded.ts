import type { DataSet } from "dicom-parser";
import { bytesIn, requireReadable } from "../byteSource.ts";
import { concat } from "../concat.ts";
import { DicomError } from "../dicomError.ts";
import { type Limits, limitsOf } from "../limits.ts";
import { type DicomFile, parseDicom } from "../parse/parseDicom.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { firstDifference } from "./firstDifference.ts";
import { deflatedHead } from "./parsedDataSet.ts";

/** Unless `limits` say otherwise: dicom-parser makes several objects of each element and item, and a stack of 1000 frames has fewer. */
const mostElements = 100_000;

/**
 * A file's bytes -> the DataSet of the npm package dicom-parser, for viewers that live by it, as safe against hostile files as our own reader.
 *
 * Our bounded walk reads the file first and says where it ends; dicom-parser then parses no byte more, gets a deflated data set inflated within limits, and has
 * to see the same elements, items and fragments at the same places. Files without a preamble are read too. What stands behind Pixel Data is cut off.
 * `readMammogram` takes the DataSet. Limits are `limitsDefaults`, but for 100,000 elements.
 *
 * @throws DicomError as `parseDicom`, `invalid-structure` where the two differ or dicom-parser gives up, `codec-missing` where it is not installed.
 * @example
 * const dataSet = await parseGuarded(bytes);
 * dataSet.string("x00080060"); // MG
 */
export async function parseGuarded(whole: Uint8Array | ArrayBuffer, limits: Partial<Limits> = {}): Promise<DataSet> {
  const bytes = bytesIn(whole) ?? requireReadable(whole);
  const allowed = limitsOf({ elements: mostElements, ...limits });
  const file = await parseDicom(bytes, allowed);
  const parser = await load();
  const head = file.dataSet.bytes === bytes ? undefined : deflatedHead(bytes, allowed);
  const dataSet = quietly(file, () => (head ? parseInflated(parser, file, { bytes, head }) : parseWhole(parser, file, bytes)));
  const offset = firstDifference(file.dataSet, dataSet, head?.end ?? 0);
  if (offset !== undefined) throw new DicomError("invalid-structure", "Expected dicom-parser to see the same elements as our walk", { offset });
  return dataSet;
}

type Parser = typeof import("dicom-parser");

/** No byte behind the end that our walk found. A file without preamble is told its transfer syntax. */
function parseWhole(parser: Parser, file: DicomFile, bytes: Uint8Array): DataSet {
  const hasPreamble = String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
  return parser.parseDicom(bytes.subarray(0, file.end), hasPreamble ? {} : { TransferSyntaxUID: file.transferSyntax });
}

/** The head and behind it what our walk has inflated: dicom-parser itself would inflate without a bound, and begins such a file at its preamble. */
function parseInflated(
  parser: Parser,
  file: DicomFile,
  { bytes, head }: { readonly bytes: Uint8Array; readonly head: NonNullable<ReturnType<typeof deflatedHead>> },
): DataSet {
  const whole = concat([bytes.subarray(0, head.end), file.dataSet.bytes.subarray(0, file.end)]);
  const [from, to] = head.named;
  whole.fill(0, from, to).set(new TextEncoder().encode(TransferSyntax.explicitLittleEndian), from);
  const dataSet = parser.parseDicom(whole);
  whole.set(bytes.subarray(from, to), from);
  return dataSet;
}

/** What dicom-parser throws is seldom an error and may hold the data set: it is dropped. */
function quietly(file: DicomFile, parse: () => DataSet): DataSet {
  try {
    return parse();
  } catch {
    throw new DicomError("invalid-structure", "Expected a data set that dicom-parser reads to its end", { offset: file.dataSet.start });
  }
}

async function load(): Promise<Parser> {
  try {
    const found = (await import("dicom-parser")) as Parser & { readonly default?: Parser };
    return found.default ?? found;
  } catch (cause) {
    throw new DicomError("codec-missing", "Expected the optional package dicom-parser to be installed: npm install dicom-parser", { cause });
  }
}
