import { requireKnownKeys } from "@mammo/mammogram";
import { type Readable, requireReadable } from "../dicom/byteSource.ts";
import { DicomError } from "../dicom/dicomError.ts";
import { fileOfDataSet, isParsedDataSet, type ParsedDataSet } from "../dicom/dicomParser/parsedDataSet.ts";
import type { MammoHeader } from "../dicom/header/mammoHeader.ts";
import { type Limits, limitsOf } from "../dicom/limits.ts";
import { offsetOf } from "../dicom/parse/offsetOf.ts";
import { type DicomFile, parseDicom } from "../dicom/parse/parseDicom.ts";
import { readSourceView, type SourceViewOptions } from "../dicom/readSourceView.ts";
import { tags } from "../dicom/tags.ts";
import { type StandardImage, type StandardizeOptions, standardize } from "../image/standardize/standardize.ts";

/** How a file is read and standardized. */
export interface ReadMammogramOptions extends SourceViewOptions, Partial<StandardizeOptions> {}

export const readMammogramOptionNames = {
  limits: true,
  codecs: true,
  voi: true,
  frame: true,
  anySopClass: true,
  laterality: true,
  view: true,
  sourceMmPerPixel: true,
  sha256: true,
  size: true,
  mmPerPixel: true,
  mask: true,
} satisfies Record<keyof ReadMammogramOptions, true>;

/** One file, read once: what scores it needs `image`, what writes DICOM of it needs `file`. */
export interface Mammogram {
  /** The parsed file; it keeps its bytes or its source, and patient data with them. */
  readonly file: DicomFile;
  readonly header: MammoHeader;
  readonly image: StandardImage;
}

/**
 * One DICOM file of any vendor, as bytes, Blob or source, or parsed already, by `parseDicom` or by dicom-parser -> its header and the standard image.
 *
 * @throws DicomError with a `code` and, where there is one, a byte `offset`; its text never repeats a value of the file.
 * @example
 * const { header, image } = await readMammogram(await readFile("view.dcm"));
 * image.pixels; // Float32Array of 1200 x 800, 0.25 mm per pixel, chest wall at column 0
 */
export async function readMammogram(source: Readable | DicomFile | ParsedDataSet, options: ReadMammogramOptions = {}): Promise<Mammogram> {
  requireKnownKeys("readMammogram", options, readMammogramOptionNames);
  const { size, mmPerPixel, mask } = options;
  const file = await fileOf(source, limitsOf(options.limits));
  const { header, view } = await readSourceView(file, options);
  try {
    return { file, header, image: standardize(view, { size, mmPerPixel, mask }) };
  } catch (cause) {
    if (!(cause instanceof DicomError)) throw cause;
    throw new DicomError(cause.code, cause.message, { offset: offsetOf(file.dataSet, tags.PixelData) });
  }
}

async function fileOf(source: Readable | DicomFile | ParsedDataSet, limits: Limits): Promise<DicomFile> {
  if (typeof source !== "object" || source === null) return requireReadable(source);
  if ("dataSet" in source) return source;
  return isParsedDataSet(source) ? fileOfDataSet(source, limits) : parseDicom(source, limits);
}
