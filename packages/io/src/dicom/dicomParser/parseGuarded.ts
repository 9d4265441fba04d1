import type { DataSet } from "dicom-parser";
import { bytesIn, requireReadable } from "../byteSource.ts";
import { concat } from "../concat.ts";
import { DicomError } from "../dicomError.ts";
import { type Limits, limitsDefaults } from "../limits.ts";
import { type DicomFile, parseDicom } from "../parse/parseDicom.ts";
import { firstDifference } from "./firstDifference.ts";

/**
 * A file's bytes -> the DataSet of the npm package dicom-parser, for viewers that live by it, as safe against hostile files as our own reader.
 *
 * Our bounded walk reads the file first and says where it ends; dicom-parser then parses no byte more, gets a deflated data set inflated within limits, and has
 * to see the same elements, items and fragments at the same places. Files without a preamble are read too. What stands behind Pixel Data is cut off.
 * `readMammogram` takes the DataSet.
 *
 * @throws DicomError as `parseDicom`, `invalid-structure` where the two differ or dicom-parser gives up, `codec-missing` where it is not installed.
 * @example
 * const dataSet = await parseGuarded(bytes);
 * dataSet.string("x00080060"); // MG
 */
export async function parseGuarded(whole: Uint8Array | ArrayBuffer, limits: Partial<Limits> = {}): Promise<DataSet> {
  const bytes = bytesIn(whole) ?? requireReadable(whole);
  const file = await parseDicom(bytes, { ...limitsDefaults, ...limits });
  const parser = await load();
  const isDeflated = file.dataSet.bytes !== bytes;
  // A deflated data set has places of its own; its head ends where dicom-parser asks for it to be inflated.
  let shift = 0;
  const inflater = (all: Uint8Array, position: number): Uint8Array => {
    shift = position;
    return concat([all.subarray(0, position), file.dataSet.bytes.subarray(0, file.end)]);
  };
  const hasPreamble = String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
  const named = hasPreamble ? {} : { TransferSyntaxUID: file.transferSyntax };
  const dataSet = quietly(file, () => parser.parseDicom(isDeflated ? bytes : bytes.subarray(0, file.end), { inflater, ...named }));
  const offset = firstDifference(file.dataSet, dataSet, shift);
  if (offset !== undefined) throw new DicomError("invalid-structure", "Expected dicom-parser to see the same elements as our walk", { offset });
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

async function load(): Promise<typeof import("dicom-parser")> {
  try {
    const found = (await import("dicom-parser")) as typeof import("dicom-parser") & { readonly default?: typeof import("dicom-parser") };
    return found.default ?? found;
  } catch (cause) {
    throw new DicomError("codec-missing", "Expected the optional package dicom-parser to be installed: npm install dicom-parser", { cause });
  }
}
