import { type FilesError, parseJson } from "@mammo/files";
import { DicomWebError } from "./dicomWebError.ts";
import { readBody } from "./readBody.ts";
import type { Answer } from "./request.ts";
import type { DicomWebLimits } from "./webLimits.ts";

/** One data set as the server wrote it in the DICOM JSON model (PS3.18 annex F): elements by eight hexadecimal digits. May hold patient data. */
export type DicomJson = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

/** The values of an element, [] where it is absent or empty. */
export function jsonValues(dataSet: DicomJson, tag: number): readonly unknown[] {
  const key = tag.toString(16).toUpperCase().padStart(8, "0");
  return (Object.hasOwn(dataSet, key) ? dataSet[key]?.Value : undefined) ?? [];
}

/**
 * The first value of an element, where it is text.
 *
 * @example const study = firstText(found, tags.StudyInstanceUID);
 */
export function firstText(dataSet: DicomJson, tag: number): string | undefined {
  const [value] = jsonValues(dataSet, tag);
  return typeof value === "string" ? value : undefined;
}

/**
 * The body of an answer as a list of data sets.
 *
 * @throws DicomWebError `limit-exceeded` beyond the limits of bytes and values, `invalid-response` for anything else than a list of objects whose values are lists, or nothing.
 */
export async function readDicomJson(answer: Answer, limits: Pick<DicomWebLimits, "jsonBytes" | "jsonValues">): Promise<readonly DicomJson[]> {
  const bytes = await readBody(answer, limits.jsonBytes);
  // No match is an empty answer, by 204 or, since CP-2473, by 200 too.
  if (bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) return [];
  const parsed = parse(bytes, limits.jsonValues);
  const list = Array.isArray(parsed) ? parsed : [parsed];
  const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
  const isElement = (value: unknown): boolean => isObject(value) && Array.isArray((value as { readonly Value?: unknown }).Value ?? []);
  if (!list.every((item) => isObject(item) && Object.values(item as object).every(isElement)))
    throw new DicomWebError("invalid-response", "Expected data sets in the DICOM JSON model");
  return list as DicomJson[];
}

function parse(bytes: Uint8Array, maxValues: number): unknown {
  try {
    return parseJson(bytes, { maxValues });
  } catch (error) {
    const { code, message } = error as FilesError;
    throw code === "too-large" ? new DicomWebError("limit-exceeded", message) : new DicomWebError("invalid-response", "Expected JSON");
  }
}
